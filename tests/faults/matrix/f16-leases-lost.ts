import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";

/** F16: the lease store forgets who holds what, by a purge of its bucket and by its loss, while jobs are held. */
export const leasesLost: Fault = {
  id: "F16",
  name: "leases lost",
  bites: ["held leases purged", "bucket deleted", "jobs taken again"],
  async inject(run) {
    for (const lose of run.random.shuffled([leasesPurged, bucketDeleted, leasesPurged])) {
      await run.workload.runInTheMiddle();
      const before = await epochs(run);
      await lose(run);
      await eventually("a job taken again", async () => (await epochs(run)) > before, {
        deadlineMs: 30_000,
        signal: run.signal,
      });
      run.bite("jobs taken again");
    }
  },
};

function bucketOf({ mesh }: FaultRun): string {
  return `KV_${mesh.streamNames.leases}`;
}

export async function leasesPurged(run: FaultRun): Promise<void> {
  const bucket = bucketOf(run);
  const manager = await run.mesh.jetstream();
  // Lost a moment ago, perhaps; whoever wants a lease makes the bucket again.
  const held = await eventually(
    "leases in the bucket",
    async () => (await manager.streams.info(bucket)).state.messages,
    {
      deadlineMs: 30_000,
      signal: run.signal,
    },
  );
  await manager.streams.purge(bucket);
  run.bite("held leases purged", held);
}

export async function bucketDeleted(run: FaultRun): Promise<void> {
  const manager = await run.mesh.jetstream();
  await eventually("a bucket to delete", () => manager.streams.delete(bucketOf(run)), {
    deadlineMs: 30_000,
    signal: run.signal,
  });
  run.bite("bucket deleted");
}

async function epochs({ mesh }: FaultRun): Promise<number> {
  const [row] = await mesh.databases.monitoring`select epoch::int as epoch from runtime.job where name = 'drive-runs'`;
  return row?.epoch ?? 0;
}
