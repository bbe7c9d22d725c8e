// Runs a consumer: batches of messages, each in one transaction with its inbox rows, acknowledged after the commit. Promised: an effect in our database
// happens once per message, a message which keeps failing goes to dead_letter while its neighbours go on, trouble with Postgres or NATS only delays, and a
// consumer or stream that was deleted is made again. Not promised: order; the handler compares versions.

import { setTimeout as delay } from "node:timers/promises";
import type { DescMessage } from "@bufbuild/protobuf";
import { type BatchWorker, createBatchWorker } from "./consume-batch.ts";
import { observeConsumer } from "./consumer-metrics.ts";
import type { Database, Tx } from "./database.ts";
import { finishRetry, nextRetry } from "./dead-letter.ts";
import { observeDeadLetters } from "./dead-letter-metrics.ts";
import { type Envelope, openEnvelope } from "./envelope.ts";
import { isUnavailable, reasonOf } from "./errors.ts";
import { inboxEnter } from "./inbox.ts";
import { type ConsumerSpec, consumerInfo, makeMissing, type Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";
import type { Nats } from "./nats-connection.ts";
import { openPull } from "./pull.ts";
import { pause } from "./wait.ts";

export type Consumer<C, M extends DescMessage> = {
  /** Name in logs, metrics, inbox and dead_letter; never change it, since it is part of the inbox key. */
  name: string;
  schema: M;
  /** Messages of one transaction, 100 unless told otherwise. As many again wait in memory. */
  batchMax?: number;
  /** May run again for the same messages when the transaction did not commit. The signal aborts when the service stops. */
  handle(context: C, tx: Tx, events: readonly Envelope<M>[], signal: AbortSignal): Promise<void>;
};

export type ConsumerOptions<C, M extends DescMessage> = {
  consumer: Consumer<C, M>;
  context: C;
  spec: ConsumerSpec;
  /** Declares the stream and the consumer, to make them again when they are lost. */
  topology: Topology;
  database: Database;
  nats: Nats;
  log: Log;
  /** Failures of one message before it goes to dead_letter. */
  attemptsMax?: number;
  /** Wait before a failed message comes again; doubles with each failure. */
  retryDelayMs?: number;
};

export type RunningConsumer = AsyncDisposable & {
  /** Resolves when nothing is pending, in flight or waiting for another delivery. */
  drain(signal?: AbortSignal): Promise<void>;
};

export function startConsumer<C, M extends DescMessage>(options: ConsumerOptions<C, M>): RunningConsumer {
  const { nats, spec } = options;
  const stop = new AbortController();
  const worker = createBatchWorker(
    {
      ...options.consumer,
      ...spec,
      ackWaitMs: spec.ackWaitMs ?? 120_000,
      attemptsMax: options.attemptsMax ?? 5,
      retryDelayMs: options.retryDelayMs ?? 500,
      database: options.database,
      log: options.log,
      handle: (tx, events) => options.consumer.handle(options.context, tx, events, stop.signal),
    },
    stop.signal,
  );
  const observing = observeConsumer(nats, spec);
  const counting = observeDeadLetters(options.database, options.consumer.name);
  const running = Promise.all([receive(options, worker, stop.signal), retryDeadLetters(options, stop.signal)]);
  return {
    async drain(signal) {
      for (;;) {
        const info = await consumerInfo(nats, spec.stream, spec.durable);
        if (info !== undefined && info.num_pending === 0 && info.num_ack_pending === 0 && !worker.isBusy()) return;
        await delay(20, undefined, signal === undefined ? {} : { signal });
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the service is stopping"));
      await running;
      observing[Symbol.dispose]();
      counting[Symbol.dispose]();
    },
  };
}

async function receive<C, M extends DescMessage>(
  { consumer, spec, topology, nats, log }: ConsumerOptions<C, M>,
  worker: BatchWorker,
  signal: AbortSignal,
): Promise<void> {
  const batchMax = consumer.batchMax ?? 100;
  for (let interruptions = 0; !signal.aborted; ) {
    const pull = openPull(nats, { stream: spec.stream, durable: spec.durable, batchMax });
    try {
      for (;;) {
        const deliveries = await pull.take(signal);
        if (deliveries.length === 0) break;
        interruptions = 0;
        await worker.process(deliveries);
      }
    } catch (error) {
      interruptions += 1;
      if (interruptions % 10 === 1)
        log.warn("consumer.interrupted", { consumer: consumer.name, reason: reasonOf(error) });
      const restored = await restore(nats, spec, topology).catch(() => []);
      if (restored.length > 0) log.warn("consumer.restored", { consumer: consumer.name, restored });
      await pause(Math.min(100 * 2 ** interruptions, 5_000), signal);
    } finally {
      pull.close();
    }
  }
}

/** Makes the stream and the consumer again when somebody deleted them. */
async function restore(nats: Nats, spec: ConsumerSpec, topology: Topology): Promise<string[]> {
  const declared = topology.consumers.filter(
    ({ stream, durable }) => stream === spec.stream && durable === spec.durable,
  );
  const streams = topology.streams.filter(({ name }) => name === spec.stream);
  return await makeMissing(nats, { streams, consumers: declared.length > 0 ? declared : [spec] });
}

/** Processes what an administrator asked to have tried again. */
async function retryDeadLetters<C, M extends DescMessage>(
  options: ConsumerOptions<C, M>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const isMore = await retryOne(options, signal).catch(() => false);
    if (!isMore) await pause(2_000, signal);
  }
}

async function retryOne<C, M extends DescMessage>(
  { consumer, context, database, log }: ConsumerOptions<C, M>,
  signal: AbortSignal,
): Promise<boolean> {
  let letterId: number | undefined;
  try {
    return await database.transaction(`retry.${consumer.name}`, async (tx) => {
      const letter = await nextRetry(tx, consumer.name);
      if (letter === undefined) return false;
      letterId = letter.id;
      const headers = new Map(Object.entries(letter.headers));
      const sealed = { subject: letter.subject, bytes: letter.payload, headers, count: letter.attempts + 1 };
      const envelope = openEnvelope(consumer.schema, sealed);
      const fresh = await inboxEnter(tx, consumer.name, [envelope.id]);
      if (fresh.size > 0) await consumer.handle(context, tx, [envelope], signal);
      await finishRetry(tx, letter.id, { processed: true });
      return true;
    });
  } catch (error) {
    if (letterId === undefined || isUnavailable(error)) throw error;
    log.warn("dead_letter.failed_again", { consumer: consumer.name, letterId, reason: reasonOf(error) });
    await finishRetry(database.sql, letterId, { processed: false, cause: reasonOf(error) });
    return true;
  }
}
