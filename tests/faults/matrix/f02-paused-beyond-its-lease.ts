import type { ServiceInstance } from "@dozor/mesh/service-process";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import { refusedCommits, stopBeforeCommit, takenOver } from "../harness/stop-before-commit.ts";

/**
 * F2: who holds a job, publishes and consumes stops for four lease terms and wakes up believing that it still leads; both instances in turn, one of them
 * wherever it is, the other just before it commits.
 */
export const pausedBeyondItsLease: Fault = {
  id: "F2",
  name: "paused beyond its lease",
  bites: [
    ...["job taken over", "outbox lanes taken over", "cron owner paused", "relay paused", "consumer paused"],
    ...["stale epoch refused", "stale epoch of monitoring refused", "stale epoch of registry refused"],
  ],
  async inject(run) {
    const { mesh, supervisor, workload, random } = run;
    await workload.runInTheMiddle();
    const owner = await supervisor.ownerOf("monitoring", "drive-runs");
    const registry = random.pick(mesh.services.registry);
    const tracking = random.pick(mesh.services.tracking);
    await watched(run, [owner, registry, tracking], (paused) =>
      Promise.all(paused.map((instance) => supervisor.pauseFor(instance, pauseMs))),
    );
    const others = [owner, registry, tracking].map((paused) => otherOf(run, paused)) as [
      ServiceInstance,
      ServiceInstance,
      ServiceInstance,
    ];
    await watched(run, others, ([monitoring, registry, tracking]) =>
      Promise.all([
        pausedBeforeCommit(run, monitoring, ["drive-runs"]),
        pausedBeforeCommit(run, registry, ["poll-1c", "deliver-messages"]),
        supervisor.pauseFor(tracking, pauseMs),
      ]),
    );
  },
};

const pauseMs = 4 * leaseTtlMs;
type Three = readonly [monitoring: ServiceInstance, registry: ServiceInstance, tracking: ServiceInstance];

/** Counts what others took over while these three are paused. */
async function watched(run: FaultRun, paused: Three, pause: (paused: Three) => Promise<unknown>): Promise<void> {
  const before = await epochs(run);
  run.log(`pause ${paused.map(({ name }) => name).join(", ")}`);
  await pause(paused);
  const after = await epochs(run);
  // The epoch rises with every tick too; the lanes change hands only when their owner is silent.
  run.bite("outbox lanes taken over", after.lanes - before.lanes);
  if (after.driver > before.driver) run.bite("job taken over");
  run.bite("cron owner paused");
  run.bite("relay paused");
  run.bite("consumer paused");
}

/** It has decided to commit, others go on in its place, and it must be refused. */
async function pausedBeforeCommit(run: FaultRun, instance: ServiceInstance, jobs: readonly string[]): Promise<void> {
  const { signal, log, bite } = run;
  const held = await stopBeforeCommit(run, instance, jobs);
  log(`${instance.name} stands still before a commit and holds ${held.job} in epoch ${held.epoch}`);
  await passTime(pauseMs, signal);
  await takenOver(run, instance, held);
  instance.resume();
  const refused = await eventually(
    `a commit of ${instance.name} to be refused`,
    async () => {
      const refused = await refusedCommits(instance);
      return refused.size > 0 && refused;
    },
    { deadlineMs: 60_000, signal },
  );
  const counts = [...refused].map(([job, count]) => `${count} of ${job}`);
  log(`${instance.name} had commits refused: ${counts.join(", ")}`);
  for (const [job, count] of refused) {
    bite("stale epoch refused", count);
    bite(`stale epoch of ${instance.service} refused`, count);
    bite(`stale ${job} refused`, count);
  }
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
