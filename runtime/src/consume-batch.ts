// One batch of deliveries, from the bytes to the acknowledgement. A batch that fails is halved until the message which fails stands alone; trouble with
// Postgres is waited for and counts against nobody. Whatever happens, a delivery is acknowledged or given back, and never left to its time-out.

import type { DescMessage } from "@bufbuild/protobuf";
import { SpanKind } from "@opentelemetry/api";
import type { Database, Tx } from "./database.ts";
import { type DeadLetterReason, insertDeadLetter } from "./dead-letter.ts";
import { type Envelope, messageIdOf, openEnvelope } from "./envelope.ts";
import { isConflict, isUnavailable, reasonOf } from "./errors.ts";
import { failpoint } from "./failpoint.ts";
import { inboxEnter } from "./inbox.ts";
import type { Log } from "./log.ts";
import { metrics, runBuckets } from "./metrics.ts";
import type { Delivery } from "./pull.ts";
import { span } from "./telemetry.ts";
import { pause } from "./wait.ts";

export type BatchOptions<M extends DescMessage> = {
  /** Key of the consumer in inbox and dead_letter. */
  name: string;
  schema: M;
  stream: string;
  durable: string;
  ackWaitMs: number;
  attemptsMax: number;
  retryDelayMs: number;
  database: Database;
  log: Log;
  handle(tx: Tx, events: readonly Envelope<M>[]): Promise<void>;
};

export type BatchWorker = {
  /** Resolves when each delivery is settled; rejects, with the rest given back, when not even a dead letter can be written. */
  process(deliveries: readonly Delivery[]): Promise<void>;
  isBusy(): boolean;
};

type Item<M extends DescMessage> = { delivery: Delivery; envelope: Envelope<M> };

export function createBatchWorker<M extends DescMessage>(options: BatchOptions<M>, signal: AbortSignal): BatchWorker {
  const labels = { stream: options.stream, consumer: options.durable };
  const unsettled = new Set<Delivery>();
  // Failures seen by this instance. Deliveries are no measure: they also grow when a process dies or NATS restarts.
  const failures = new Map<string, number>();

  function settle(delivery: Delivery, disposition: "ack" | "nak", delayMs = 0): void {
    if (!unsettled.delete(delivery)) return;
    if (disposition === "ack") delivery.ack();
    else delivery.nak(delayMs);
    settledCount.inc({ ...labels, disposition });
  }

  async function process(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) unsettled.add(delivery);
    inFlightGauge.set(labels, unsettled.size);
    consumedCount.inc(labels, deliveries.length);
    const heartbeat = setInterval(() => {
      for (const delivery of unsettled) delivery.working();
    }, options.ackWaitMs / 3);
    try {
      const items: Item<M>[] = [];
      for (const delivery of deliveries) items.push(...(await open(delivery)));
      // What failed before comes alone, so that it does not take its neighbours down again.
      await apply(items.filter(({ envelope }) => !failures.has(envelope.id)));
      for (const item of items) if (unsettled.has(item.delivery)) await apply([item]);
    } finally {
      clearInterval(heartbeat);
      for (const delivery of unsettled) settle(delivery, "nak", signal.aborted ? 0 : options.retryDelayMs);
      inFlightGauge.set(labels, 0);
    }
  }

  async function open(delivery: Delivery): Promise<Item<M>[]> {
    try {
      return [{ delivery, envelope: openEnvelope(options.schema, delivery) }];
    } catch (error) {
      await giveUp(delivery, "undecodable", error, 1);
      return [];
    }
  }

  async function apply(items: readonly Item<M>[]): Promise<void> {
    for (let interruptions = 0; items.length > 0 && !signal.aborted; interruptions++) {
      try {
        await commit(items);
        await failpoint("consumer.after_effect_before_ack");
        for (const { delivery, envelope } of items) {
          settle(delivery, "ack");
          failures.delete(envelope.id);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isUnavailable(error) && !isConflict(error)) return await isolate(items, error);
        if (interruptions % 10 === 0)
          options.log.warn("consumer.waiting", { consumer: options.name, reason: reasonOf(error) });
        await pause(Math.min(100 * 2 ** interruptions, 5_000), signal);
      }
    }
  }

  async function isolate(items: readonly Item<M>[], error: unknown): Promise<void> {
    const [only] = items;
    if (items.length > 1 || only === undefined) {
      const middle = Math.ceil(items.length / 2);
      await apply(items.slice(0, middle));
      return await apply(items.slice(middle));
    }
    const { delivery, envelope } = only;
    const failed = (failures.get(envelope.id) ?? 0) + 1;
    if (failed >= options.attemptsMax) return await giveUp(delivery, "failed", error, failed);
    if (failures.size > 10_000) failures.clear();
    failures.set(envelope.id, failed);
    options.log.warn("message.failed", {
      consumer: options.name,
      messageId: envelope.id,
      failed,
      reason: reasonOf(error),
    });
    settle(delivery, "nak", options.retryDelayMs * 2 ** (failed - 1));
  }

  async function giveUp(delivery: Delivery, reason: DeadLetterReason, error: unknown, attempts: number): Promise<void> {
    const letter = {
      consumer: options.name,
      stream: options.stream,
      delivery,
      reason,
      cause: reasonOf(error),
      attempts,
    };
    await options.database.transaction("dead_letter.insert", (tx) => insertDeadLetter(tx, letter));
    const messageId = messageIdOf(delivery.headers) ?? "";
    settle(delivery, "ack");
    failures.delete(messageId);
    deadLettersCount.inc({ ...labels, reason });
    options.log.error("message.dead_lettered", error, {
      consumer: options.name,
      messageId,
      subject: delivery.subject,
      reason,
      attempts,
    });
  }

  async function commit(items: readonly Item<M>[]): Promise<void> {
    const startedMs = performance.now();
    let outcome = "error";
    try {
      await span(`process ${options.stream}`, traceOf(options.durable, items), () =>
        options.database.transaction(`consume.${options.name}`, async (tx) => {
          const fresh = await inboxEnter(
            tx,
            options.name,
            items.map(({ envelope }) => envelope.id),
          );
          duplicatesCount.inc({ consumer: options.name }, items.length - fresh.size);
          // A message may be in a batch twice, when its first delivery was slow: deleting tells the first from the second.
          const events = items.map(({ envelope }) => envelope).filter(({ id }) => fresh.delete(id));
          if (events.length > 0) await options.handle(tx, events);
        }),
      );
      outcome = "ok";
    } finally {
      processSeconds.observe({ ...labels, outcome }, (performance.now() - startedMs) / 1_000);
    }
    for (const { envelope } of items) {
      if (envelope.occurredAt !== undefined)
        lagSeconds.observe(labels, Math.max(0, Date.now() - envelope.occurredAt.getTime()) / 1_000);
    }
  }

  return { process, isBusy: () => unsettled.size > 0 };
}

/** A single message goes on in its sender's trace; a batch begins its own and points at the senders'. */
function traceOf<M extends DescMessage>(durable: string, items: readonly Item<M>[]) {
  const parents = items.flatMap(({ envelope }) => envelope.headers.get("traceparent") ?? []);
  const attributes = {
    "messaging.system.name": "nats",
    "messaging.consumer.group.name": durable,
    "messaging.batch.message_count": items.length,
  };
  const where = items.length === 1 ? { parent: parents[0] } : { links: parents.slice(0, 32), root: true };
  return { kind: SpanKind.CONSUMER, attributes, ...where };
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
