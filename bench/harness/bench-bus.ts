import { provision, type Topology } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats, type Nats } from "@dozor/runtime/nats-connection";
import { testNats } from "@dozor/testkit/nats";
import { createInbox, headers } from "nats";

export type BenchBus = AsyncDisposable & {
  nats: Nats;
  topology: Topology;
  /** Streams of their own names and subjects `<stream>.…`, with a durable consumer `reader` each. */
  streams: readonly [string, string];
};
export type BareMessage = { id: string; subject: string; schema: string; payload: Uint8Array };

/** Two equal streams: one for what is measured, one for its ceiling. */
export async function benchBus(bytesMax: number): Promise<BenchBus> {
  await using stack = new AsyncDisposableStack();
  const corner = stack.use(await testNats());
  const nats = stack.use(await connectNats({ url: corner.url, name: corner.prefix, log: silentLog }));
  const streams = [`${corner.prefix}_MEASURED`, `${corner.prefix}_CEILING`] as const;
  const topology: Topology = {
    streams: streams.map((name) => ({ name, subjects: [`${name}.>`], maxBytes: bytesMax })),
    consumers: streams.map((stream) => ({ stream, durable: "reader" })),
  };
  await provision(nats, topology);
  const owned = stack.move();
  return { nats, topology, streams, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const unansweredMax = 1_000;
const answerDeadlineMs = 30_000;

/** Publishes without waiting for each answer, with never more than a thousand of them open, and counts what was stored. */
export async function publishBare({ nats }: BenchBus, messages: Iterable<BareMessage>): Promise<void> {
  const inbox = createInbox();
  let open = 0;
  let stored = 0;
  let sent = 0;
  let answered = Promise.withResolvers<void>();
  const answers = nats.connection.subscribe(inbox, {
    callback: (_error, message) => {
      open -= 1;
      if (message.json<{ error?: unknown }>().error === undefined) stored += 1;
      answered.resolve();
    },
  });
  const timer = setTimeout(() => answered.reject(new Error("publish: no answer of NATS")), answerDeadlineMs);
  const below = async (limit: number) => {
    while (open > limit) {
      await answered.promise;
      answered = Promise.withResolvers();
    }
  };
  try {
    for (const { id, subject, schema, payload } of messages) {
      if (open >= unansweredMax) await below(unansweredMax / 2);
      const header = headers();
      header.set("Nats-Msg-Id", id);
      header.set("Dozor-Schema", schema);
      nats.connection.publish(subject, payload, { headers: header, reply: inbox });
      open += 1;
      sent += 1;
      timer.refresh();
    }
    await below(0);
  } finally {
    clearTimeout(timer);
    answers.unsubscribe();
  }
  if (stored !== sent) throw new Error(`publish ${sent} messages: ${stored} were stored`);
}
