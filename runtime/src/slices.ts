// Cooperative slices: the event loop answers heartbeats, leases and probes between them. At a tenth of a core a synchronous slice takes ten times its
// length, so 5 ms of work is 50 ms of silence. It does not make work faster, nor does it help inside one long call of `fn`.

import { metrics } from "./metrics.ts";

const longest = metrics.gauge({
  name: "process_longest_slice_seconds",
  help: "Longest synchronous slice since the process started",
  labels: ["label"],
});
const longestMsByLabel = new Map<string, number>();

export type SliceOptions = { label: string; budgetMs?: number; signal?: AbortSignal };

/** Lets timers, sockets and promises of others run. */
export function yieldNow(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls `fn` on every item and lets other work in whenever `budgetMs` (5) of synchronous time is used up. */
export async function sliced<T>(
  items: Iterable<T>,
  fn: (item: T, index: number) => void,
  options: SliceOptions,
): Promise<void> {
  const budgetMs = options.budgetMs ?? 5;
  let startedAt = performance.now();
  let index = 0;
  for (const item of items) {
    fn(item, index);
    index += 1;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs < budgetMs) continue;
    record(options.label, elapsedMs);
    await yieldNow();
    options.signal?.throwIfAborted();
    startedAt = performance.now();
  }
  record(options.label, performance.now() - startedAt);
}

function record(label: string, elapsedMs: number): void {
  if (elapsedMs <= (longestMsByLabel.get(label) ?? 0)) return;
  longestMsByLabel.set(label, elapsedMs);
  longest.set({ label }, elapsedMs / 1000);
}
