// LISTEN on a connection of its own, opened again whenever it breaks. A notification is a hint: it may be lost at any time, so callers poll as well.

import postgres from "postgres";
import { pause } from "./wait.ts";

/** Calls `onHint` for each notification on the channel. */
export function listen(url: string, channel: string, onHint: () => void): AsyncDisposable {
  const stop = new AbortController();
  const listening = (async () => {
    while (!stop.signal.aborted) {
      const broken = new AbortController();
      const sql = postgres(url, {
        max: 1,
        idle_timeout: 0,
        max_lifetime: null,
        onnotice: () => {},
        onclose: () => broken.abort(),
      });
      try {
        await sql.listen(channel, onHint, onHint);
        await ended(AbortSignal.any([stop.signal, broken.signal]));
      } catch {
        // The database is away; polling tells its users.
      }
      await sql.end({ timeout: 1 }).catch(() => {});
      await pause(1_000, stop.signal);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await listening;
    },
  };
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
