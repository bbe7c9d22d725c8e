/** Starts, waits for SIGTERM or SIGINT, disposes within `graceMs` (25 s), exits 0; exits 1 when the start or the stop fails. */
export async function runUntilSignal(
  _start: (signal: AbortSignal) => Promise<AsyncDisposable>,
  _options?: { graceMs?: number },
): Promise<void> {
  throw new Error("not built yet");
}
