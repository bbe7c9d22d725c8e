// Runs a consumer: batches of messages, each in one transaction with its inbox rows, acknowledged after the commit. Promised: an effect in our database
// happens once per message, a message which keeps failing goes to dead_letter while its neighbours go on, trouble with Postgres or NATS only delays, and a
// consumer or stream that was deleted is made again. Not promised: order; the handler compares versions.

import { setTimeout as delay } from "node:timers/promises";
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { SpanKind } from "@opentelemetry/api";
import { observeConsumer } from "./consumer-metrics.ts";
import type { Database, Tx } from "./database.ts";
import { finishRetry, insertDeadLetter, nextRetry } from "./dead-letter.ts";
import { isConflict, isUnavailable } from "./errors.ts";
import { inboxEnter } from "./inbox.ts";
import { type ConsumerSpec, consumerInfo, type Nats, provision, type Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";
import { metrics, runBuckets } from "./metrics.ts";
import { type Delivery, openPull } from "./pull.ts";
import { span } from "./telemetry.ts";

export type Envelope<M extends DescMessage> = {
  /** Nats-Msg-Id, which is the sender's outbox id. */
  id: string;
  message: MessageShape<M>;
  subject: string;
  headers: ReadonlyMap<string, string>;
  /** 1 on the first delivery. */
  deliveryCount: number;
  /** When the sender committed it. */
  occurredAt: Date | undefined;
};

export type Consumer<C, M extends DescMessage> = {
  /** Name in logs, metrics, inbox and dead_letter; never change it, since it is part of the inbox key. */
  name: string;
  schema: M;
  /** Messages of one transaction. */
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
  const worker = createWorker(options);
  const observing = observeConsumer(options.nats, options.spec);
  return {
    async drain(signal) {
      for (;;) {
        const info = await consumerInfo(options.nats, options.spec.stream, options.spec.durable);
        if (info !== undefined && info.num_pending === 0 && info.num_ack_pending === 0 && !worker.isBusy()) return;
        await delay(20, undefined, signal === undefined ? {} : { signal });
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.stop();
      observing[Symbol.dispose]();
    },
  };
}

type Item<M extends DescMessage> = { delivery: Delivery; envelope: Envelope<M> };

function createWorker<C, M extends DescMessage>(options: ConsumerOptions<C, M>) {
  const { consumer, context, spec, topology, database, nats, log } = options;
  const { attemptsMax = 5, retryDelayMs = 500 } = options;
  const batchMax = consumer.batchMax ?? 100;
  const labels = { stream: spec.stream, consumer: spec.durable };
  const stop = new AbortController();
  const { signal } = stop;
  // Failures seen by this instance. Deliveries are no measure: they also grow when a process dies or NATS restarts.
  const failures = new Map<string, number>();
  let inFlight = 0;
  const running = run();

  async function run(): Promise<void> {
    for (let interruptions = 0; !signal.aborted; ) {
      const pull = openPull(nats, { stream: spec.stream, durable: spec.durable, batchMax });
      try {
        for (;;) {
          const deliveries = await pull.take(signal);
          if (deliveries.length === 0) break;
          interruptions = 0;
          await processAll(deliveries);
        }
      } catch (error) {
        interruptions += 1;
        if (interruptions % 10 === 1)
          log.warn("consumer.interrupted", { consumer: consumer.name, reason: String(error) });
        await restore().catch(() => {});
        await pause(Math.min(100 * 2 ** interruptions, 5_000));
      } finally {
        pull.close();
      }
    }
  }

  async function restore(): Promise<void> {
    const consumers = topology.consumers.filter(
      ({ stream, durable }) => stream === spec.stream && durable === spec.durable,
    );
    const streams = topology.streams.filter(({ name }) => name === spec.stream);
    const { created } = await provision(nats, { streams, consumers: consumers.length > 0 ? consumers : [spec] });
    if (created.length > 0) log.warn("consumer.restored", { consumer: consumer.name, created });
  }

  async function processAll(deliveries: readonly Delivery[]): Promise<void> {
    inFlight = deliveries.length;
    inFlightGauge.set(labels, inFlight);
    consumedCount.inc(labels, deliveries.length);
    const heartbeat = setInterval(
      () => {
        for (const delivery of deliveries) delivery.working();
      },
      (spec.ackWaitMs ?? 120_000) / 3,
    );
    try {
      const items: Item<M>[] = [];
      for (const delivery of deliveries) {
        const item = await decode(delivery);
        if (item !== undefined) items.push(item);
      }
      // What failed before comes alone, so that it does not take its neighbours down again.
      await processBatch(items.filter(({ envelope }) => !failures.has(envelope.id)));
      for (const item of items) if (failures.has(item.envelope.id)) await processBatch([item]);
    } finally {
      clearInterval(heartbeat);
      inFlight = 0;
      inFlightGauge.set(labels, 0);
    }
  }

  async function decode(delivery: Delivery): Promise<Item<M> | undefined> {
    try {
      return { delivery, envelope: envelopeOf(consumer.schema, delivery) };
    } catch (error) {
      await giveUp(delivery, "undecodable", error, 1);
      return undefined;
    }
  }

  async function processBatch(items: readonly Item<M>[]): Promise<void> {
    if (items.length === 0) return;
    for (let interruptions = 0; ; interruptions++) {
      if (signal.aborted && interruptions > 0) return giveBack(items);
      try {
        await commit(items);
        for (const { delivery, envelope } of items) {
          delivery.ack();
          failures.delete(envelope.id);
        }
        settledCount.inc({ ...labels, disposition: "ack" }, items.length);
        return;
      } catch (error) {
        if (signal.aborted) return giveBack(items);
        // Nothing is wrong with the messages, so that it does not count against them.
        if (!isUnavailable(error) && !isConflict(error)) return await isolate(items, error);
        if (interruptions % 10 === 0) log.warn("consumer.waiting", { consumer: consumer.name, reason: String(error) });
        await pause(Math.min(100 * 2 ** interruptions, 5_000));
      }
    }
  }

  async function commit(items: readonly Item<M>[]): Promise<void> {
    const startedMs = performance.now();
    const parents = items.flatMap(({ envelope }) => envelope.headers.get("traceparent") ?? []);
    const attributes = {
      "messaging.system.name": "nats",
      "messaging.consumer.group.name": spec.durable,
      "messaging.batch.message_count": items.length,
    };
    const trace = parents.length === 1 ? { parent: parents[0] } : { links: parents.slice(0, 32), root: true };
    let outcome = "error";
    try {
      await span(`process ${spec.stream}`, { kind: SpanKind.CONSUMER, attributes, ...trace }, () =>
        database.transaction(`consume.${consumer.name}`, async (tx) => {
          const fresh = await inboxEnter(
            tx,
            consumer.name,
            items.map(({ envelope }) => envelope.id),
          );
          duplicatesCount.inc({ consumer: consumer.name }, items.length - fresh.size);
          const events = firstOfEach(items, fresh);
          if (events.length > 0) await consumer.handle(context, tx, events, signal);
        }),
      );
      outcome = "ok";
      const nowMs = Date.now();
      for (const { envelope } of items) {
        if (envelope.occurredAt !== undefined)
          lagSeconds.observe(labels, Math.max(0, nowMs - envelope.occurredAt.getTime()) / 1_000);
      }
    } finally {
      processSeconds.observe({ ...labels, outcome }, (performance.now() - startedMs) / 1_000);
    }
  }

  /** Halves the batch until the message that fails stands alone. */
  async function isolate(items: readonly Item<M>[], error: unknown): Promise<void> {
    const [only] = items;
    if (items.length > 1 || only === undefined) {
      const middle = Math.ceil(items.length / 2);
      await processBatch(items.slice(0, middle));
      await processBatch(items.slice(middle));
      return;
    }
    const { delivery, envelope } = only;
    const failed = (failures.get(envelope.id) ?? 0) + 1;
    if (failed >= attemptsMax) return await giveUp(delivery, "failed", error, failed);
    if (failures.size > 10_000) failures.clear();
    failures.set(envelope.id, failed);
    log.warn("message.failed", { consumer: consumer.name, messageId: envelope.id, failed, reason: reasonOf(error) });
    delivery.nak(retryDelayMs * 2 ** (failed - 1));
    settledCount.inc({ ...labels, disposition: "nak" });
  }

  async function giveUp(
    delivery: Delivery,
    reason: "undecodable" | "failed",
    error: unknown,
    attempts: number,
  ): Promise<void> {
    const letter = { consumer: consumer.name, stream: spec.stream, delivery, reason, cause: reasonOf(error), attempts };
    await database.transaction("dead_letter.insert", (tx) => insertDeadLetter(tx, letter));
    delivery.ack();
    const messageId = delivery.headers.get("Nats-Msg-Id") ?? "";
    failures.delete(messageId);
    deadLettersCount.inc({ ...labels, reason });
    settledCount.inc({ ...labels, disposition: "ack" });
    log.error("message.dead_lettered", error, {
      consumer: consumer.name,
      messageId,
      subject: delivery.subject,
      reason,
      attempts,
    });
  }

  function giveBack(items: readonly Item<M>[]): void {
    for (const { delivery } of items) delivery.nak(0);
    settledCount.inc({ ...labels, disposition: "nak" }, items.length);
  }

  /** Tries again what an administrator asked for. */
  const retrying = (async () => {
    while (!signal.aborted) {
      await pause(2_000);
      while (!signal.aborted && (await retryOne().catch(() => false))) {
        // Until there is none left.
      }
    }
  })();

  async function retryOne(): Promise<boolean> {
    let letterId: number | undefined;
    try {
      return await database.transaction(`retry.${consumer.name}`, async (tx) => {
        const letter = await nextRetry(tx, consumer.name);
        if (letter === undefined) return false;
        letterId = letter.id;
        const headers = new Map(Object.entries(letter.headers));
        const envelope = envelopeOf(consumer.schema, {
          subject: letter.subject,
          bytes: letter.payload,
          headers,
          count: letter.attempts + 1,
        });
        const fresh = await inboxEnter(tx, consumer.name, [envelope.id]);
        if (fresh.size > 0) await consumer.handle(context, tx, [envelope], signal);
        await finishRetry(tx, letter.id, { processed: true });
        return true;
      });
    } catch (error) {
      if (letterId === undefined || isUnavailable(error)) throw error;
      await finishRetry(database.sql, letterId, { processed: false, cause: reasonOf(error) });
      return true;
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => {});
  }

  return {
    isBusy: () => inFlight > 0,
    async stop() {
      stop.abort(new Error("the service is stopping"));
      await Promise.all([running, retrying]);
    },
  };
}

function envelopeOf<M extends DescMessage>(
  schema: M,
  { subject, bytes, headers, count }: Pick<Delivery, "subject" | "bytes" | "headers" | "count">,
): Envelope<M> {
  const id = headers.get("Nats-Msg-Id") ?? "";
  if (!uuidPattern.test(id)) throw new Error(`decode a message on ${subject}: its id "${id}" is not a UUID`);
  const sent = headers.get("Dozor-Schema");
  if (sent !== undefined && sent !== schema.typeName)
    throw new Error(`decode message ${id}: it is a ${sent}, not a ${schema.typeName}`);
  const occurredMs = Date.parse(headers.get("Dozor-Occurred-At") ?? "");
  return {
    id,
    message: fromBinary(schema, bytes),
    subject,
    headers,
    deliveryCount: count,
    occurredAt: Number.isNaN(occurredMs) ? undefined : new Date(occurredMs),
  };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A message may be in a batch twice, when its first delivery was slow. */
function firstOfEach<M extends DescMessage>(items: readonly Item<M>[], fresh: Set<string>): Envelope<M>[] {
  const left = new Set(fresh);
  return items.map(({ envelope }) => envelope).filter(({ id }) => left.delete(id));
}

function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (
    let current = error;
    current !== undefined && parts.length < 8;
    current = current instanceof Error ? current.cause : undefined
  ) {
    parts.push(current instanceof Error ? current.message : String(current));
  }
  return parts.join(": ");
}

const consumerLabels = ["stream", "consumer"] as const;
const consumedCount = metrics.counter({
  name: "messaging_client_consumed_messages_total",
  help: "Deliveries received",
  labels: consumerLabels,
});
const settledCount = metrics.counter({
  name: "messaging_settled_messages_total",
  help: "Deliveries settled",
  labels: [...consumerLabels, "disposition"],
});
const processSeconds = metrics.histogram({
  name: "messaging_process_duration_seconds",
  help: "Time of one batch",
  labels: [...consumerLabels, "outcome"],
});
const inFlightGauge = metrics.gauge({
  name: "messaging_in_flight_messages",
  help: "Messages being processed",
  labels: consumerLabels,
});
const deadLettersCount = metrics.counter({
  name: "messaging_dead_letter_messages_total",
  help: "Messages given up",
  labels: [...consumerLabels, "reason"],
});
const duplicatesCount = metrics.counter({
  name: "inbox_duplicate_messages_total",
  help: "Messages which had been processed before",
  labels: ["consumer"],
});
const lagSeconds = metrics.histogram({
  name: "messaging_delivery_lag_seconds",
  help: "From the sender's commit to ours",
  labels: consumerLabels,
  buckets: runBuckets,
});
