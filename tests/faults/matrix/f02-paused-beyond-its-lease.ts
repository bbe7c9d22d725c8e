import type { ServiceInstance } from "@dozor/mesh/service-process";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";

/** F2: who holds a job, publishes and consumes stops for four lease terms and wakes up believing that it still leads; both instances in turn. */
export const pausedBeyondItsLease: Fault = {
  id: "F2",
  name: "paused beyond its lease",
  bites: ["job taken over", "outbox lanes taken over", "cron owner paused", "relay paused", "consumer paused"],
  async inject(run) {
    const { supervisor, workload, random } = run;
    await workload.runInTheMiddle();
    const owner = await supervisor.ownerOf("monitoring", "drive-runs");
    const first = [owner, random.pick(run.mesh.services.registry), random.pick(run.mesh.services.tracking)];
    await pauseTogether(run, first);
    await pauseTogether(
      run,
      first.map((paused) => otherOf(run, paused)),
    );
  },
};

async function pauseTogether(run: FaultRun, paused: readonly ServiceInstance[]): Promise<void> {
  const before = await epochs(run);
  run.log(`pause ${paused.map(({ name }) => name).join(", ")}`);
  await Promise.all(paused.map((instance) => run.supervisor.pauseFor(instance, 4 * leaseTtlMs)));
  const after = await epochs(run);
  // The epoch rises with every tick too; the lanes change hands only when their owner is silent.
  run.bite("outbox lanes taken over", after.lanes - before.lanes);
  if (after.driver > before.driver) run.bite("job taken over");
  run.bite("cron owner paused");
  run.bite("relay paused");
  run.bite("consumer paused");
}

function otherOf({ mesh }: FaultRun, instance: ServiceInstance): ServiceInstance {
  return mesh.services[instance.service].find((candidate) => candidate !== instance) ?? instance;
}

async function epochs({ mesh }: FaultRun): Promise<{ driver: number; lanes: number }> {
  const [job] = await mesh.databases.monitoring`select epoch::int as epoch from runtime.job where name = 'drive-runs'`;
  let lanes = 0;
  for (const sql of Object.values(mesh.databases)) {
    const [sum] = await sql`select sum(claim_epoch)::int as sum from runtime.outbox_lane`;
    lanes += sum?.sum ?? 0;
  }
  return { driver: job?.epoch ?? 0, lanes };
}
