// A durable consumer: messages of a stream, in batches, each batch in one transaction with its inbox rows, acknowledged after the commit. Promised: the
// effect of a message happens once, however often it is delivered; a message that keeps failing goes to runtime.dead_letter and does not stop its
// neighbours; an outage of Postgres or NATS loses and counts nothing. Not promised: order. Events carry a version, and handlers apply what is newer.

import { setTimeout as delay } from "node:timers/promises";
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { SpanKind } from "@opentelemetry/api";
import type { ConsumerMessages, JsMsg } from "nats";
import type { Database, Tx } from "./database.ts";
import { isUnavailable } from "./errors.ts";
import { deadLetterInsert, inboxEnter } from "./inbox.ts";
import { type ConsumerSpec, type Nats, provision, type Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";
import { metrics, runBuckets } from "./metrics.ts";
import { span } from "./telemetry.ts";

export type Envelope<M extends DescMessage> = {
  /** Nats-Msg-Id, which is the sender's outbox id. */
  id: string;
  message: MessageShape<M>;
  subject: string;
  headers: ReadonlyMap<string, string>;
  /** 1 on the first delivery. */
  deliveryCount: number;
  /** When the stream stored it. */
  occurredAt: Date | undefined;
};

export type Consumer<C, M extends DescMessage> = {
  /** Name in logs, metrics, inbox and dead_letter; never change it, since it is part of the inbox key. */
  name: string;
  schema: M;
  /** Messages of one transaction. Default 100. Twice as many are held in memory, so keep it low where messages are large. */
  batchMax?: number;
  handle(context: C, tx: Tx, events: readonly Envelope<M>[], signal: AbortSignal): Promise<void>;
};

export type ConsumerOptions<C, M extends DescMessage> = {
  consumer: Consumer<C, M>;
  context: C;
  spec: ConsumerSpec;
  /** Where the consumer is declared; made anew from it when somebody deleted it. */
  topology: Topology;
  database: Database;
  nats: Nats;
  log: Log;
  /** Failures of one message in this process until it becomes a dead letter. Default 5. */
  attemptsMax?: number;
  /** Before a failed message comes again; grows with each failure. Default 1 s. */
  retryDelayMs?: number;
};

export type RunningConsumer = AsyncDisposable & {
  /** Resolves when nothing is pending, in flight or waiting for redelivery. */
  drain(signal?: AbortSignal): Promise<void>;
};

const labels = ["stream", "consumer"] as const;
const consumed = metrics.counter({
  name: "messaging_client_consumed_messages_total",
  help: "Messages delivered",
  labels,
});
const settled = metrics.counter({
  name: "messaging_settled_messages_total",
  help: "Messages settled, by how",
  labels: [...labels, "disposition"],
});
const duplicates = metrics.counter({
  name: "inbox_duplicate_messages_total",
  help: "Messages that were known",
  labels: ["consumer"],
});
const deadLetters = metrics.counter({
  name: "messaging_dead_letter_messages_total",
  help: "Messages given up",
  labels: [...labels, "reason"],
});
const inFlight = metrics.gauge({ name: "messaging_in_flight_messages", help: "Messages held by this process", labels });
const processing = metrics.histogram({
  name: "messaging_process_duration_seconds",
  help: "One batch in its transaction",
  labels: [...labels, "outcome"],
});
const lag = metrics.histogram({
  name: "messaging_delivery_lag_seconds",
  help: "From the stream to the commit",
  labels,
  buckets: runBuckets,
});

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const restartDelayMs = 500;

export function startConsumer<C, M extends DescMessage>(options: ConsumerOptions<C, M>): RunningConsumer {
  const running = new ConsumerLoop(options);
  return {
    drain: (signal) => running.drain(signal),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** A class because what waits, what is in flight and what failed how often is state over time. */
class ConsumerLoop<C, M extends DescMessage> {
  private readonly stopping = new AbortController();
  private readonly waiting: JsMsg[] = [];
  /** Messages of the batch that is in its transaction now. */
  private current: readonly JsMsg[] = [];
  private readonly failureCounts = new Map<string, number>();
  private wake = Promise.withResolvers<void>();
  private messages: ConsumerMessages | undefined;
  private readonly loops: Promise<unknown>;
  private readonly labels: { stream: string; consumer: string };
  private readonly batchMax: number;
  private readonly options: ConsumerOptions<C, M>;

  constructor(options: ConsumerOptions<C, M>) {
    this.options = options;
    this.labels = { stream: options.spec.stream, consumer: options.spec.durable };
    this.batchMax = options.consumer.batchMax ?? 100;
    this.loops = Promise.all([this.receive(), this.work(), this.keepAlive()]);
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error("the consumer is stopping"));
    this.messages?.stop();
    this.wake.resolve();
    await this.loops;
    // Given back at once, so that the other instance need not wait for ack_wait.
    for (const message of this.waiting.splice(0)) message.nak();
  }

  async drain(signal: AbortSignal | undefined): Promise<void> {
    const { manager } = this.options.nats;
    for (;;) {
      signal?.throwIfAborted();
      const info = await manager.consumers.info(this.labels.stream, this.labels.consumer).catch(() => undefined);
      const isIdle = this.waiting.length + this.current.length === 0;
      if (info !== undefined && info.num_pending + info.num_ack_pending === 0 && isIdle) return;
      await delay(25, undefined, signal === undefined ? {} : { signal });
    }
  }

  /** Pulls messages into `waiting`, and begins again after whatever ended the subscription. */
  private async receive(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.receiveUntilEnd();
      } catch (error) {
        this.options.log.warn("consumer.interrupted", { ...this.labels, error: String(error) });
      }
      await delay(restartDelayMs, undefined, { signal: this.stopping.signal }).catch(() => {});
    }
  }

  private async receiveUntilEnd(): Promise<void> {
    const { nats, spec } = this.options;
    await this.ensureExists();
    const consumer = await nats.jetstream.consumers.get(spec.stream, spec.durable);
    const messages = await consumer.consume({ max_messages: Math.max(2, this.batchMax * 2), expires: 10_000 });
    this.messages = messages;
    if (this.stopping.signal.aborted) return messages.stop();
    const watching = this.watch(messages);
    for await (const message of messages) {
      consumed.inc(this.labels);
      this.waiting.push(message);
      this.count();
      this.wake.resolve();
    }
    await watching;
  }

  /** The subscription neither ends nor throws when its consumer is deleted; only a status says so. */
  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const status of await messages.status()) {
      const kind: string = status.type;
      if (kind !== "consumer_deleted" && kind !== "stream_not_found" && kind !== "consumer_not_found") continue;
      this.options.log.warn("consumer.lost", { ...this.labels, status: kind });
      messages.stop();
      return;
    }
  }

  private async ensureExists(): Promise<void> {
    const { nats, spec, topology } = this.options;
    const exists = await nats.manager.consumers.info(spec.stream, spec.durable).then(
      () => true,
      () => false,
    );
    if (!exists) await provision(nats, topology);
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.waiting.length === 0) {
        await this.wake.promise;
        this.wake = Promise.withResolvers<void>();
        continue;
      }
      this.current = this.waiting.splice(0, this.batchMax);
      await this.settle(this.current);
      this.current = [];
      this.count();
    }
  }

  /** A long batch, and what waits behind it, must not be delivered to somebody else meanwhile. */
  private async keepAlive(): Promise<void> {
    const everyMs = (this.options.spec.ackWaitMs ?? 30_000) / 3;
    const { signal } = this.stopping;
    while (await delay(everyMs, true, { signal, ref: false }).catch(() => false)) {
      for (const message of [...this.current, ...this.waiting]) message.working();
    }
  }

  /** Processes the messages together; when that fails, in halves, until the one that fails stands alone. */
  private async settle(messages: readonly JsMsg[]): Promise<void> {
    try {
      await this.process(messages);
      for (const message of messages) {
        message.ack();
        this.failureCounts.delete(idOf(message));
      }
      settled.inc({ ...this.labels, disposition: "ack" }, messages.length);
    } catch (error) {
      if (this.stopping.signal.aborted || isUnavailable(error)) return await this.giveBack(messages, error);
      const [only] = messages;
      if (messages.length === 1 && only !== undefined) return await this.failOne(only, error);
      const half = Math.ceil(messages.length / 2);
      await this.settle(messages.slice(0, half));
      await this.settle(messages.slice(half));
    }
  }

  /** What we depend on is away: nobody's fault, so it is not counted, and the pace is slowed. */
  private async giveBack(messages: readonly JsMsg[], error: unknown): Promise<void> {
    for (const message of messages) message.nak(this.options.retryDelayMs ?? 1_000);
    settled.inc({ ...this.labels, disposition: "nak" }, messages.length);
    if (this.stopping.signal.aborted) return;
    this.options.log.warn("consumer.paused", { ...this.labels, error: String(error) });
    const pauseMs = this.options.retryDelayMs ?? 1_000;
    await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => {});
  }

  private async failOne(message: JsMsg, error: unknown): Promise<void> {
    const id = idOf(message);
    const failureCount = (this.failureCounts.get(id) ?? 0) + 1;
    this.options.log.error("message.failed", error, { ...this.labels, messageId: id, failureCount });
    if (failureCount < (this.options.attemptsMax ?? 5)) {
      this.failureCounts.set(id, failureCount);
      message.nak((this.options.retryDelayMs ?? 1_000) * failureCount);
      settled.inc({ ...this.labels, disposition: "nak" });
      return;
    }
    try {
      const { consumer, database } = this.options;
      await database.transaction(`${consumer.name}.dead_letter`, (tx) =>
        this.bury(tx, message, "failed", error, failureCount),
      );
    } catch (cause) {
      return await this.giveBack([message], cause);
    }
    this.failureCounts.delete(id);
    message.ack();
    settled.inc({ ...this.labels, disposition: "dead_letter" });
  }

  private async process(messages: readonly JsMsg[]): Promise<void> {
    const { consumer, context, database } = this.options;
    const startedAt = performance.now();
    let outcome = "failure";
    const parents = messages.flatMap((message) => message.headers?.get("traceparent") || []);
    try {
      await span(
        `process ${this.labels.consumer}`,
        {
          kind: SpanKind.CONSUMER,
          ...(messages.length === 1 ? { parent: parents[0] } : { root: true, links: parents.slice(0, 100) }),
          attributes: { "messaging.system": "nats", "messaging.batch.message_count": messages.length },
        },
        () =>
          database.transaction(consumer.name, async (tx) => {
            const events = await this.openAll(tx, messages);
            if (events.length > 0) await consumer.handle(context, tx, events, this.stopping.signal);
          }),
      );
      outcome = "success";
    } finally {
      processing.observe({ ...this.labels, outcome }, (performance.now() - startedAt) / 1000);
    }
    for (const message of messages)
      lag.observe(this.labels, Math.max(0, Date.now() / 1000 - message.info.timestampNanos / 1e9));
  }

  /** The messages that are new and can be read. What cannot be read will never be: it becomes a dead letter in the same transaction. */
  private async openAll(tx: Tx, messages: readonly JsMsg[]): Promise<Envelope<M>[]> {
    const byId = new Map<string, Envelope<M>>();
    for (const message of messages) {
      const id = idOf(message);
      try {
        if (!uuidPattern.test(id)) throw new Error(`Nats-Msg-Id ${id} is not a UUID`);
        byId.set(id, envelope(this.options.consumer.schema, id, message));
      } catch (error) {
        await this.bury(tx, message, "undecodable", error, 1);
      }
    }
    if (byId.size === 0) return [];
    const fresh = await inboxEnter(tx, this.options.consumer.name, [...byId.keys()]);
    duplicates.inc({ consumer: this.options.consumer.name }, byId.size - fresh.size);
    return [...byId.values()].filter(({ id }) => fresh.has(id.toLowerCase()));
  }

  private async bury(
    tx: Tx,
    message: JsMsg,
    reason: "undecodable" | "failed",
    error: unknown,
    attempts: number,
  ): Promise<void> {
    await deadLetterInsert(tx, {
      consumer: this.options.consumer.name,
      messageId: idOf(message),
      stream: this.labels.stream,
      subject: message.subject,
      schema: this.options.consumer.schema.typeName,
      payload: message.data,
      headers: Object.fromEntries(headersOf(message)),
      reason,
      cause: causeChain(error),
      attempts,
    });
    deadLetters.inc({ ...this.labels, reason });
  }

  private count(): void {
    inFlight.set(this.labels, this.waiting.length + this.current.length);
  }
}

function idOf(message: JsMsg): string {
  return message.headers?.get("Nats-Msg-Id") || `${message.info.stream}:${message.seq}`;
}

function headersOf(message: JsMsg): Map<string, string> {
  return new Map((message.headers?.keys() ?? []).map((key) => [key, message.headers?.get(key) ?? ""]));
}

function envelope<M extends DescMessage>(schema: M, id: string, message: JsMsg): Envelope<M> {
  return {
    id,
    message: fromBinary(schema, message.data),
    subject: message.subject,
    headers: headersOf(message),
    deliveryCount: message.info.redeliveryCount,
    occurredAt: new Date(message.info.timestampNanos / 1e6),
  };
}

function causeChain(error: unknown): string {
  const parts: string[] = [];
  for (
    let cause = error;
    cause !== undefined && parts.length < 8;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    parts.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
  }
  return parts.join("; caused by ").slice(0, 8_000);
}
