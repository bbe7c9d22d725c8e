import { rmSync } from "node:fs";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";

/** F5: everything that NATS kept is gone; streams are declared again and filled again from the outboxes. */
export const busStoreLost: Fault = {
  id: "F5",
  name: "bus store lost",
  bites: ["store wiped"],
  async inject(run) {
    await run.workload.runInTheMiddle();
    await storeWiped(run);
  },
};

export async function storeWiped({ mesh, signal, bite, random }: FaultRun): Promise<void> {
  await mesh.nats.child.kill();
  rmSync(mesh.nats.storeDir, { recursive: true, force: true });
  await passTime(random.int(100, 2_000), signal);
  await mesh.nats.start(signal);
  bite("store wiped");
}
