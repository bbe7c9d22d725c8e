import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mesh } from "@dozor/mesh/mesh";
import { eventually } from "@dozor/testkit/eventually";
import type { FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import type { LoopDisk } from "../harness/tools/loop-disk.ts";

/**
 * No room is left under the bus, for messages or for leases: whichever is written first is refused, and without leases no job writes more. It does not recover
 * from that by itself, so that it is started again when there is room, as its health check would have it.
 */
export async function busDiskFull({ mesh, signal, bite, log }: FaultRun, disk: LoopDisk | undefined): Promise<void> {
  if (disk === undefined) return;
  const refusedBefore = refusals(mesh);
  disk.fill();
  try {
    await eventually("writes that the full bus refuses", () => refusals(mesh) > refusedBefore, {
      deadlineMs: 40_000,
      signal,
    });
    await passTime(leaseTtlMs, signal);
    const refused = refusals(mesh) - refusedBefore;
    log(`${refused} writes were refused by a bus without room`);
    bite("disk full", refused);
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

/** How often the server said so. */
function refusals({ dataDir }: Mesh): number {
  const log = readFileSync(join(dataDir, "logs", "nats-server.log"), "utf8");
  return log.split("no space left on device").length - 1;
}
