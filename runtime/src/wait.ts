// Waiting that leaves nothing behind: no timer and no listener outlives the call, which matters in a loop that turns a thousand times a second.

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return waitAtMost(new Promise<void>(() => {}), ms, signal);
}

/** Resolves when the promise does, after `ms`, or when the signal aborts, whichever comes first. */
export function waitAtMost(promise: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    promise.then(end, end);
  });
}
