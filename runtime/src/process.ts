// The life of a process: start, wait for the signal, stop within the grace period, exit. Promised: SIGTERM lets work in flight finish, a second signal
// or a stop that takes too long ends the process all the same. Not promised: anything after kill -9; that is what transactions are for.

export type ProcessOptions = {
  /** From the signal to the forced exit. Below the 30 s of Kubernetes by default. */
  graceMs?: number;
};

/** Starts, waits for SIGTERM or SIGINT, disposes within `graceMs` (25 s), exits 0; exits 1 when the start or the stop fails. */
export async function runUntilSignal(
  start: (signal: AbortSignal) => Promise<AsyncDisposable>,
  options: ProcessOptions = {},
): Promise<void> {
  const stopping = new AbortController();
  const asked = Promise.withResolvers<void>();
  const onSignal = (name: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new Error(`stopped by ${name}`));
    asked.resolve();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  try {
    await using _running = await start(stopping.signal);
    await asked.promise;
    // Leaving this block disposes what was started.
    forceExitAfter(options.graceMs ?? 25_000);
  } catch (error) {
    // A start that was interrupted by the signal did what it was asked to do.
    if (!stopping.signal.aborted) {
      console.error(error);
      process.exitCode = 1;
      forceExitAfter(options.graceMs ?? 25_000);
    }
  }
  // Whatever is left open, such as a keep-alive connection, must not keep the process.
  process.exit();
}

function forceExitAfter(graceMs: number): void {
  const timer = setTimeout(() => {
    console.error(`the stop took longer than ${graceMs} ms`);
    process.exit(1);
  }, graceMs);
  timer.unref();
}
