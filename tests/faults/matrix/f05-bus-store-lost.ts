import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { type LoopDisk, mountLoopDisk, whyNoLoopDisk } from "../harness/tools/loop-disk.ts";
import { powerCutOfBus } from "./f05-power-cut-of-bus.ts";

const noDisk = whyNoLoopDisk();
let disk: LoopDisk | undefined;

/** F5: what NATS kept is gone, wiped or with the power; streams are declared again and filled again from the outboxes. */
export const busStoreLost: Fault = {
  id: "F5",
  name: "bus store lost",
  ...(noDisk === undefined ? {} : { note: `without power cut: ${noDisk}` }),
  bites: ["store wiped", ...(noDisk === undefined ? ["power cut"] : [])],
  async prepare(dataDir, stack) {
    disk = noDisk === undefined ? stack.use(mountLoopDisk(join(dataDir, "jetstream"), 2_000)) : undefined;
    return {};
  },
  async inject(run) {
    const { workload, random } = run;
    const ways = [storeWiped, ...(disk === undefined ? [] : [(again: FaultRun) => powerCutOfBus(again, disk)])];
    for (const lose of random.shuffled(ways)) {
      await workload.runInTheMiddle();
      await lose(run);
    }
  },
};

export async function storeWiped({ mesh, signal, bite, random }: FaultRun): Promise<void> {
  await mesh.nats.child.kill();
  // What is in it, for the directory may be the root of a disk.
  for (const name of readdirSync(mesh.nats.storeDir)) {
    rmSync(join(mesh.nats.storeDir, name), { recursive: true, force: true });
  }
  await passTime(random.int(100, 2_000), signal);
  await mesh.nats.start(signal);
  bite("store wiped");
}
