import { topology } from "@dozor/proto/streams";
import { nanos } from "nats";
import type { FaultRun } from "./fault.ts";
import { passTime } from "./pass-time.ts";

const shortestWindowMs = 100;

/** Streams that remember message ids for a moment only, until the fault is healed: what comes again is stored again. */
export async function withoutDuplicateWindow({ mesh, heal, signal }: FaultRun): Promise<void> {
  const manager = await mesh.jetstream();
  const { streams } = topology(mesh.streamNames, { replicas: 1, leaseTtlMs: 30_000 });
  heal(async () => {
    for (const { name, duplicateWindowMs } of streams) {
      await manager.streams.update(name, { duplicate_window: nanos(duplicateWindowMs) });
    }
  });
  for (const { name } of streams) await manager.streams.update(name, { duplicate_window: nanos(shortestWindowMs) });
  // What was remembered before the change is forgotten with its next clean-up.
  await passTime(2 * shortestWindowMs, signal);
}
