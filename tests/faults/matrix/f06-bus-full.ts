import { join } from "node:path";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { type LoopDisk, mountLoopDisk, whyNoLoopDisk } from "../harness/tools/loop-disk.ts";
import { busDiskFull } from "./f06-bus-disk-full.ts";

const noDisk = whyNoLoopDisk();
let disk: LoopDisk | undefined;

/** F6: streams take no more messages, or their disk does not; publishers wait, nothing is dropped, and all of it goes out when there is room. */
export const busFull: Fault = {
  id: "F6",
  name: "bus full",
  ...(noDisk === undefined ? {} : { note: `without full disk: ${noDisk}` }),
  bites: ["stream full", "publisher waited", ...(noDisk === undefined ? ["disk full"] : [])],
  async prepare(dataDir, stack) {
    disk = noDisk === undefined ? stack.use(mountLoopDisk(join(dataDir, "jetstream"), 1_000)) : undefined;
    return {};
  },
  async inject(run) {
    await busDiskFull(run, disk);
    await streamsFull(run);
  },
};

async function streamsFull(run: FaultRun): Promise<void> {
  const { mesh, signal } = run;
  const { registry, checks, facts } = mesh.streamNames;
  const manager = await mesh.jetstream();
  run.heal(async () => {
    for (const stream of [registry, checks, facts]) await manager.streams.update(stream, { max_msgs: -1 });
  });
  for (const stream of [registry, checks, facts]) {
    const { messages } = (await manager.streams.info(stream)).state;
    await manager.streams.update(stream, { max_msgs: Math.max(1, messages) });
    run.bite("stream full");
  }
  const waiting = await eventually("rows that wait in every outbox that has something to say", () => waitingRows(run), {
    deadlineMs: 30_000,
    signal,
  });
  run.log(`${waiting} rows wait`);
  run.bite("publisher waited", waiting);
}

/** Rows of registry and monitoring that were committed more than two seconds ago and are not published. */
async function waitingRows({ mesh }: FaultRun): Promise<number> {
  const counts = await Promise.all(
    [mesh.databases.registry, mesh.databases.monitoring].map(async (sql) => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from runtime.outbox where published_at is null and created_at < now() - interval '2 seconds'
      `;
      return row?.count ?? 0;
    }),
  );
  return counts.every((count) => count > 0) ? counts.reduce((sum, count) => sum + count, 0) : 0;
}
