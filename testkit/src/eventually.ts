/**
 * Waits until the check gives something truthy and returns it; a check that throws counts as "not yet".
 * The only place in the tests where time passes: everywhere else an event is awaited, a job is run once or the mesh is drained.
 *
 * @param what names the awaited condition in the error
 * @param deadlineMs milliseconds until it gives up (10,000)
 * @throws when the deadline passes, with the last result or error
 */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  { deadlineMs = 10_000, signal }: { deadlineMs?: number; signal?: AbortSignal } = {},
): Promise<Exclude<T, undefined | null | false | 0 | "">> {
  const deadline = performance.now() + deadlineMs;
  let waitMs = 5;
  let last: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const result = await check();
      // A truthy result is exactly what the return type says; the compiler cannot narrow a type parameter.
      if (result) return result as Exclude<T, undefined | null | false | 0 | "">;
      last = result;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`wait for ${what}: not so after ${deadlineMs} ms, last seen: ${String(last)}`, { cause: last });
    }
    await Bun.sleep(Math.min(waitMs, Math.max(1, deadline - performance.now())));
    waitMs = Math.min(waitMs * 1.5, 250);
  }
}
