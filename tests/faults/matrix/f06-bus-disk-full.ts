import { eventually } from "@dozor/testkit/eventually";
import type { FaultRun } from "../harness/fault.ts";
import type { LoopDisk } from "../harness/tools/loop-disk.ts";

/** No room is left under the bus. It does not recover from that by itself, so that it is started again when there is room, as its health check would have it. */
export async function busDiskFull({ mesh, signal, bite, log }: FaultRun, disk: LoopDisk | undefined): Promise<void> {
  if (disk === undefined) return;
  disk.fill();
  try {
    const waiting = await eventually("rows that the full bus does not take", () => rowsWaiting({ mesh }), {
      deadlineMs: 40_000,
      signal,
    });
    log(`${waiting} rows wait for a bus without room`);
    bite("disk full", waiting);
  } finally {
    disk.free();
  }
  await mesh.nats.child.kill();
  await mesh.nats.start(signal);
  const manager = await mesh.jetstream();
  const { registry, checks, facts } = mesh.streamNames;
  const answers = async () =>
    (await Promise.all([registry, checks, facts].map((name) => manager.streams.info(name)))).length;
  await eventually("every stream to answer again", answers, { deadlineMs: 60_000, signal });
}

async function rowsWaiting({ mesh }: Pick<FaultRun, "mesh">): Promise<number> {
  let count = 0;
  for (const sql of Object.values(mesh.databases)) {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from runtime.outbox where published_at is null and created_at < now() - interval '2 seconds'
    `;
    count += row?.count ?? 0;
  }
  return count;
}
