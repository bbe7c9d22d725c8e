// Fetches messages of a durable consumer in batches. Our own, because the client's fetch() waits until the batch is full and its consume() keeps
// messages nobody can give back. Promised: at most one batch is ahead, what was not taken is given back on close, and only the server that delivered a
// message is answered. A missing consumer is an error.

import { createInbox, type Msg, nanos } from "nats";
import type { Nats } from "./nats-connection.ts";
import { pause, waitAtMost } from "./wait.ts";

/** One delivery of a message. */
export type Delivery = {
  subject: string;
  bytes: Uint8Array;
  headers: ReadonlyMap<string, string>;
  /** 1 on the first delivery. */
  count: number;
  streamSequence: number;
  ack(): void;
  /** Asks for another delivery after `delayMs`. */
  nak(delayMs: number): void;
  /** Starts the time for the ack anew. */
  working(): void;
};

export type Pull = {
  /** At least one message, up to the batch; empty when the signal aborts. Throws when the consumer is gone. */
  take(signal: AbortSignal): Promise<Delivery[]>;
  close(): void;
};

const lingerMs = 2;
const expiresMs = 10_000;

type Server = Pick<Nats, "connection" | "isConnected" | "onReconnect">;

export function openPull(
  nats: Server,
  { stream, durable, batchMax }: { stream: string; durable: string; batchMax: number },
): Pull {
  const queue: Delivery[] = [];
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`;
  const inbox = createInbox();
  let failure: Error | undefined;
  let asked = 0;
  let askedAtMs = 0;
  let notBeforeMs = 0;
  let wake = () => {};

  const subscription = nats.connection.subscribe(inbox, {
    callback(error, message) {
      if (error !== null) failure = error;
      else if (message.subject !== inbox) {
        asked -= 1;
        queue.push(deliveryOf(nats, message));
      } else onStatus(message.headers?.code ?? 0, message.headers?.description ?? "");
      wake();
    },
  });
  function onStatus(code: number, description: string): void {
    if (code === 100) return;
    asked = 0;
    const gone = code === 503 || code === 400 || (code === 409 && /consumer deleted|push based/i.test(description));
    if (gone) failure = new Error(`pull from ${durable} of ${stream}: ${code} ${description || "nobody answers"}`);
    else if (code === 409) notBeforeMs = performance.now() + 250;
  }
  function ask(): void {
    const nowMs = performance.now();
    // A request whose end was never told is forgotten; the server may have been away.
    if (asked > 0 && nowMs < askedAtMs + expiresMs + 2_000) return;
    if (queue.length >= batchMax || nowMs < notBeforeMs || !nats.isConnected()) return;
    asked = batchMax - queue.length;
    askedAtMs = nowMs;
    nats.connection.publish(subject, JSON.stringify({ batch: asked, expires: nanos(expiresMs) }), { reply: inbox });
  }
  const forget = nats.onReconnect(() => {
    asked = 0;
    wake();
  });

  return {
    async take(signal) {
      while (queue.length === 0) {
        if (signal.aborted) return [];
        if (failure !== undefined) throw failure;
        ask();
        await waitAtMost(
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          1_000,
          signal,
        );
      }
      if (queue.length < batchMax && asked > 0) await pause(lingerMs, signal);
      return queue.splice(0, batchMax);
    },
    close() {
      forget();
      if (!subscription.isClosed()) subscription.unsubscribe();
      if (nats.connection.isClosed()) return;
      for (const delivery of queue.splice(0)) delivery.nak(0);
    },
  };
}

function deliveryOf(nats: Server, message: Msg): Delivery {
  // A store that was lost counts anew: on a server started since, the same numbers are another message, which the answer would settle unseen. What is not
  // answered comes again, and is known.
  const serverId = nats.connection.info?.server_id;
  const answer = (text: string) => {
    if (nats.isConnected() && nats.connection.info?.server_id === serverId) message.respond(text);
  };
  // $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>..., with a domain and an account hash in front of the stream on newer servers.
  const tokens = (message.reply ?? "").split(".");
  const at = tokens.length >= 11 ? 6 : 4;
  const headers = new Map<string, string>();
  for (const [key, values] of message.headers ?? []) headers.set(key, values[0] ?? "");
  return {
    subject: message.subject,
    bytes: message.data,
    headers,
    count: Number(tokens[at] ?? 1),
    streamSequence: Number(tokens[at + 1] ?? 0),
    ack: () => answer("+ACK"),
    nak: (delayMs) => answer(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}` : "-NAK"),
    working: () => answer("+WPI"),
  };
}
