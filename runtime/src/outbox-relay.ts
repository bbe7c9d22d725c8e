// Publishes what the outbox holds. Rows are found by their state and never by position, because a position is given before its commit. Promised: no row is
// skipped, a full stream or an absent server only delays, a stream which was made anew is filled again. A relay that dies leaves its lanes to another.

import { setTimeout as delay } from "node:timers/promises";
import { headers } from "nats";
import { type Database, statement } from "./database.ts";
import { failpoint } from "./failpoint.ts";
import { makeMissing, type Topology } from "./jetstream.ts";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";
import { metrics } from "./metrics.ts";
import type { Nats } from "./nats-connection.ts";
import { outboxChannel } from "./outbox.ts";
import { type Claims, claimLanes, markPublished, releaseLanes } from "./outbox-lanes.ts";
import { outboxUpkeep } from "./outbox-upkeep.ts";
import { publishStored } from "./publish-stored.ts";
import { createPublisher, type Outgoing, type Publisher } from "./publisher.ts";
import { pause, waitAtMost } from "./wait.ts";

export type OutboxRelayOptions = {
  database: Database;
  nats: Nats;
  /** The streams which the topics go to: made again when they are lost. */
  topology: Topology;
  subjectOf: (topic: string, lane: number) => string;
  log: Log;
  /** Unique among the instances. */
  holder?: string;
  batchMax?: number;
  /** How long a lane is claimed for: after it, another relay takes the lanes of one that is silent (15,000). */
  claimMs?: number;
  pollMs?: number;
  /** How long published rows are kept for a replay; at least as long as the streams keep messages. */
  retentionMs?: number;
};

export type OutboxRelay = AsyncDisposable & {
  /** Resolves when no row waits for publishing. */
  drain(signal?: AbortSignal): Promise<void>;
};

type Row = {
  id: string;
  lane: number;
  topic: string;
  schema: string;
  payload: Uint8Array;
  traceparent: string | null;
  created_at: Date;
};

export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { database, log } = options;
  const holder = options.holder ?? crypto.randomUUID();
  const pollMs = options.pollMs ?? 1_000;
  const claimMs = options.claimMs ?? 15_000;
  const stop = new AbortController();
  let hinted = Promise.withResolvers<void>();
  const hint = () => hinted.resolve();
  const listener = listen(database.url, outboxChannel, hint);
  const forget = options.nats.onReconnect(hint);
  const publisher = createPublisher(options.nats);
  const keepInOrder = outboxUpkeep(options);
  const running = run();

  async function run(): Promise<void> {
    let claims: Claims = new Map();
    let claimedAtMs = Number.NEGATIVE_INFINITY;
    let keptAtMs = Number.NEGATIVE_INFINITY;
    let failures = 0;
    while (!stop.signal.aborted) {
      hinted = Promise.withResolvers();
      try {
        if (performance.now() - claimedAtMs > claimMs / 3) {
          // Counted from before the question, so that this side gives up first.
          const askedAtMs = performance.now();
          claims = await claimLanes(database, holder, claimMs);
          claimedAtMs = askedAtMs;
        }
        if (performance.now() - keptAtMs > 15_000) {
          keptAtMs = performance.now();
          // Whoever holds the first lane is in charge.
          await keepInOrder(claims.has(0));
        }
        const isFull = await publishBatch(
          options,
          publisher,
          holder,
          claims,
          () => performance.now() - claimedAtMs < claimMs * 0.6,
        );
        failures = 0;
        if (isFull) continue;
        await waitAtMost(hinted.promise, pollMs, stop.signal);
      } catch (error) {
        failures += 1;
        claimedAtMs = Number.NEGATIVE_INFINITY;
        if (failures % 10 === 1) log.warn("outbox.waiting", { reason: String(error), failures });
        await restoreStreams(options).catch(() => {});
        await pause(Math.min(50 * 2 ** failures, 2_000), stop.signal);
      }
    }
  }

  return {
    async drain(signal) {
      for (;;) {
        const [row] = await database.sql<{ waits: boolean }[]>`
          select exists (select 1 from runtime.outbox where published_at is null) as waits`;
        if (!row?.waits) return;
        hint();
        await delay(20, undefined, signal === undefined ? {} : { signal });
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      hint();
      forget();
      await running;
      publisher[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
      await releaseLanes(database, holder).catch((error) =>
        log.warn("outbox.release_failed", { reason: String(error) }),
      );
    },
  };
}

/** Publishes one batch; true when there may be more. */
async function publishBatch(
  options: OutboxRelayOptions,
  publisher: Publisher,
  holder: string,
  claims: Claims,
  isSure: () => boolean,
): Promise<boolean> {
  if (claims.size === 0) return false;
  const rows = await waitingRows(options, claims);
  if (rows.length === 0) return false;
  await failpoint("outbox.after_commit_before_publish");
  if (!isSure()) throw new Error("publish from the outbox: the claim on the lanes ran out");
  const startedMs = performance.now();
  const messages = rows.map((row) => outgoing(row, options.subjectOf(row.topic, row.lane)));
  const published = await publishStored(options.nats, publisher, messages, timeoutMs);
  await failpoint("outbox.after_publish_before_mark");
  const { failure } = published;
  const sent = published.stored.flatMap((index) => rows[index] ?? []);
  const outcome = failure === undefined ? "ok" : "error";
  publishSeconds.observe({ outcome }, (performance.now() - startedMs) / 1_000);
  for (const { topic } of sent) sentCount.inc({ destination: topic, outcome: "ok" });
  if (sent.length > 0) {
    const ids = sent.map(({ id }) => id);
    publishedCount.inc(await markPublished(options.database, holder, claims, ids));
  }
  if (failure !== undefined) throw failure;
  return true;
}

const timeoutMs = 10_000;

const batchBytesMax = 2_000_000;

/** The oldest rows of the lanes, up to the number and the bytes of a batch, and at least one. */
async function waitingRows({ database, batchMax = 500 }: OutboxRelayOptions, claims: Claims): Promise<Row[]> {
  return await statement(
    "outbox.waiting",
    database.sql<Row[]>`
      select id, lane, topic, schema, payload, traceparent, created_at
      from (
        select *, sum(octet_length(payload)) over (order by position) - octet_length(payload) as bytes_before
        from (
          select id, position, lane, topic, schema, payload, traceparent, created_at
          from runtime.outbox
          where published_at is null and lane = any(${[...claims.keys()]}::smallint[])
          order by position
          limit ${batchMax}
        ) as oldest
      ) as measured
      where bytes_before < ${batchBytesMax}
      order by position`,
  );
}

function outgoing(row: Row, subject: string): Outgoing {
  const header = headers();
  header.set("Nats-Msg-Id", row.id);
  header.set("Dozor-Schema", row.schema);
  header.set("Dozor-Occurred-At", row.created_at.toISOString());
  header.set("Content-Type", "application/protobuf");
  if (row.traceparent !== null) header.set("traceparent", row.traceparent);
  return { subject, headers: header, payload: row.payload };
}

/** A stream which was deleted or lost is made again, from the same declaration as the provisioning command. */
async function restoreStreams({ nats, topology, log }: OutboxRelayOptions): Promise<void> {
  const made = await makeMissing(nats, { streams: topology.streams, consumers: topology.consumers });
  if (made.length > 0) log.warn("outbox.streams_restored", { made });
}

const publishedCount = metrics.counter({
  name: "outbox_published_messages_total",
  help: "Messages published and marked",
});
const publishSeconds = metrics.histogram({
  name: "outbox_publish_duration_seconds",
  help: "Time to publish one batch",
  labels: ["outcome"],
});
const sentCount = metrics.counter({
  name: "messaging_client_sent_messages_total",
  help: "Messages published",
  labels: ["destination", "outcome"],
});
