import type { ServiceInstance } from "@dozor/mesh/service-process";
import type { FaultRun } from "./fault.ts";

/**
 * These instances, and those of tracking beside them, poll soon, one after another: nothing is polled in a fault's mesh but by call, and the load may be busy
 * for long with one that does not answer. Nobody waits for the polls, and an instance that does not hear is left alone.
 */
export async function askToPoll({ mesh, signal }: FaultRun, instances: readonly ServiceInstance[]): Promise<void> {
  const options = { signal, timeoutMs: 5_000 };
  await Promise.allSettled(
    instances.flatMap(({ index }) => [
      mesh.clients(index).tracking.pollNow({ provider: "", waitMs: 0 }, options),
      mesh.clients(index).sources.pollNow({ source: "", waitMs: 1 }, options),
    ]),
  );
}
