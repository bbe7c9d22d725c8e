// LISTEN on a connection of its own, opened again whenever it breaks. A notification is a hint: it may be lost at any time, so callers poll as well.
// The listen() of postgres.js gives up when the database is away at the moment it reconnects.

import postgres from "postgres";
import { pause, waitAtMost } from "./wait.ts";

const silenceMsMax = 60_000;

/** Calls `onHint` for each notification on the channel, and after each time the connection was opened. */
export function listen(url: string, channel: string, onHint: () => void): AsyncDisposable {
  const stop = new AbortController();
  const listening = (async () => {
    while (!stop.signal.aborted) {
      await listenUntilBroken(url, channel, onHint, stop.signal).catch(() => {}); // The database is away; whoever polls tells.
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

async function listenUntilBroken(url: string, channel: string, onHint: () => void, signal: AbortSignal): Promise<void> {
  const broken = Promise.withResolvers<void>();
  // The types know nothing of onnotify.
  const options = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    onclose: () => broken.resolve(),
    onnotify: onHint,
  };
  const sql = postgres(url, { ...options, onnotice: () => {} });
  let isBroken = false;
  void broken.promise.then(() => {
    isBroken = true;
  });
  try {
    await sql`listen ${sql(channel)}`;
    onHint();
    while (!signal.aborted && !isBroken) {
      await waitAtMost(broken.promise, silenceMsMax, signal);
      // A connection that was cut without a word is noticed here.
      if (!signal.aborted && !isBroken) await sql`select 1`;
    }
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {});
  }
}
