import { eventually } from "@dozor/testkit/eventually";
import type { FaultRun } from "../harness/fault.ts";
import type { LoopDisk } from "../harness/tools/loop-disk.ts";

/** The power of the bus goes while it works: what it acknowledged and did not sync yet, often whole streams, is gone when it comes back. */
export async function powerCutOfBus({ mesh, signal, bite, log }: FaultRun, disk: LoopDisk | undefined): Promise<void> {
  if (disk === undefined) return;
  const manager = await mesh.jetstream();
  const { registry, checks, facts } = mesh.streamNames;
  const stored = async () => {
    const infos = await Promise.all(
      [registry, checks, facts].map((name) => manager.streams.info(name).catch(() => undefined)),
    );
    return infos.reduce((sum, info) => sum + (info?.state.last_seq ?? 0), 0);
  };
  const before = await stored();
  disk.cutPower();
  await mesh.nats.child.kill();
  await eventually("the disk to be let go", () => restored(disk), { deadlineMs: 20_000, signal });
  await mesh.nats.start(signal);
  bite("power cut");
  log(`of ${before} messages ever stored the streams remember ${await stored()}`);
}

function restored(disk: LoopDisk): true {
  disk.restorePower();
  return true;
}
