// What an outbox needs beside publishing: numbers for the operators, streams filled again after they were lost, and old rows deleted.

import { type Database, statement } from "./database.ts";
import { makeMissing, type StreamSpec, streamInfo, type Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";
import { metrics } from "./metrics.ts";
import type { Nats } from "./nats-connection.ts";
import { replayOutbox } from "./outbox.ts";

export type UpkeepOptions = {
  database: Database;
  nats: Nats;
  topology: Topology;
  subjectOf: (topic: string, lane: number) => string;
  log: Log;
  retentionMs?: number;
};

/** What keeps the outbox in order: counts, and does the rest only where told to, since one relay is enough for it. */
export function outboxUpkeep(given: UpkeepOptions): (isInCharge: boolean) => Promise<void> {
  const options: Upkeep = { ...given, firstLooks: new Map() };
  return async (isInCharge) => {
    await measure(options.database);
    if (!isInCharge) return;
    await refillStreams(options);
    await deletePublished(options.database, options.retentionMs ?? 7 * 86_400_000);
  };
}

/** `firstLooks`: when we first saw a server in charge of a stream, while it is news. */
type Upkeep = UpkeepOptions & { firstLooks: Map<string, number> };

/**
 * What a stream lost is published again, as far as the outbox still has it. A stream younger than the one we knew lost everything, whoever made it; one
 * that begins later than its age explains was purged; one with gaps lost what lay in them.
 */
async function refillStreams(options: Upkeep): Promise<void> {
  const { nats, topology } = options;
  for (const spec of topology.streams) {
    const info = await streamInfo(nats, spec.name);
    if (info === undefined) {
      await makeMissing(nats, { streams: topology.streams, consumers: topology.consumers });
      continue;
    }
    await refillPurged(options, spec, info.state);
    const known = await readKnownStream(options.database, spec.name);
    await refillMadeAnew(options, spec, known, new Date(info.created));
    await refillGaps(options, spec, known, info.state);
    await refillUnsynced(options, spec, known);
  }
}

/** A stream as it was when it was last looked at. */
type KnownStream = { madeAt: Date; serverId: string | null; seenAt: Date | null; gapCount: number };

async function readKnownStream({ sql }: Database, name: string): Promise<KnownStream | undefined> {
  const [known] = await sql<KnownStream[]>`
    select made_at as "madeAt", server_id as "serverId", seen_at as "seenAt", gap_count as "gapCount" from runtime.outbox_stream where name = ${name}`;
  return known;
}

async function refillMadeAnew(
  options: UpkeepOptions,
  spec: StreamSpec,
  known: KnownStream | undefined,
  madeAt: Date,
): Promise<void> {
  const { database, log } = options;
  const { name } = spec;
  if (known?.madeAt.getTime() === madeAt.getTime()) return;
  if (known !== undefined) {
    const publishedBefore = new Date(madeAt.getTime() + markedLateMs);
    const messagesReplayed = await replayTopics(options, spec, { publishedSince: new Date(0), publishedBefore });
    log.warn("outbox.stream_made_anew", { stream: name, madeAt: madeAt.toISOString(), messagesReplayed });
  }
  // What was stored just before the loss may be marked after it: a look that comes too early for that is not the last one.
  if (known !== undefined && Date.now() < madeAt.getTime() + markedLateMs) return;
  await database.sql`
    insert into runtime.outbox_stream (name, made_at) values (${name}, ${madeAt})
    on conflict (name) do update set made_at = excluded.made_at, gap_count = 0`;
}

/** More messages are missing between the first and the last than before: which, only the outbox can tell, so all of that time is published again. */
async function refillGaps(
  options: UpkeepOptions,
  spec: StreamSpec,
  known: KnownStream | undefined,
  state: { num_deleted?: number; first_ts: string },
): Promise<void> {
  const gapCount = state.num_deleted ?? 0;
  const gapCountBefore = known?.gapCount ?? 0;
  if (gapCount > gapCountBefore) {
    const publishedSince = new Date(Date.parse(state.first_ts) - markedLateMs);
    const messagesReplayed = await replayTopics(options, spec, { publishedSince, publishedBefore: new Date() });
    options.log.warn("outbox.stream_has_gaps", { stream: spec.name, gapCount, messagesReplayed });
  }
  if (gapCount === gapCountBefore) return;
  await options.database.sql`update runtime.outbox_stream set gap_count = ${gapCount} where name = ${spec.name}`;
}

/** What nats-server acknowledged is on its disk two minutes later by default; the rest is the time between two looks. */
const unsyncedMs = 150_000;

/**
 * A server that was started anew may have lost the end of a stream in a power cut, and says nothing of it: what was published shortly before it was last
 * seen is published again. What is still there it recognises by its id, or the consumers do.
 */
async function refillUnsynced(options: Upkeep, spec: StreamSpec, known: KnownStream | undefined): Promise<void> {
  const { database, nats, log, firstLooks } = options;
  const { name } = spec;
  const serverId = nats.connection.info?.server_id ?? "";
  if (known?.serverId && known.seenAt && known.serverId !== serverId) {
    const publishedSince = new Date(known.seenAt.getTime() - unsyncedMs);
    const messagesReplayed = await replayTopics(options, spec, { publishedSince, publishedBefore: new Date() });
    log.warn("outbox.server_started_anew", { stream: name, publishedSince, messagesReplayed });
    // As above: what the old server took in its last moment may be marked only now, and the next look finds it.
    const firstLookMs = firstLooks.get(`${name} ${serverId}`) ?? performance.now();
    firstLooks.set(`${name} ${serverId}`, firstLookMs);
    if (performance.now() < firstLookMs + markedLateMs) return;
    firstLooks.delete(`${name} ${serverId}`);
  }
  await database.sql`
    update runtime.outbox_stream set server_id = ${serverId}, seen_at = clock_timestamp() where name = ${name}`;
}

/** Longer than a batch waits for its acknowledgements. */
const markedLateMs = 12_000;
const maxAgeMsDefault = 7 * 86_400_000;
/** What is older may be expiring this moment. */
const keptShare = 0.99;

/** The rest of what was published before the oldest message in the stream is gone: by its age, or because somebody purged it. */
async function refillPurged(
  options: UpkeepOptions,
  spec: StreamSpec,
  state: { messages: number; first_seq: number; first_ts: string },
): Promise<void> {
  if (state.first_seq <= 1) return;
  const nowMs = Date.now();
  const oldestMs = state.messages === 0 ? nowMs : Date.parse(state.first_ts);
  const messagesReplayed = await replayTopics(options, spec, {
    publishedSince: new Date(nowMs - (spec.maxAgeMs ?? maxAgeMsDefault) * keptShare),
    publishedBefore: new Date(oldestMs + markedLateMs),
  });
  if (messagesReplayed > 0) options.log.warn("outbox.stream_was_purged", { stream: spec.name, messagesReplayed });
}

async function replayTopics(
  { database, subjectOf }: UpkeepOptions,
  { subjects }: StreamSpec,
  range: { publishedSince: Date; publishedBefore: Date },
): Promise<number> {
  let messagesReplayed = 0;
  for (const topic of await topicsOf(database)) {
    if (!subjects.some((pattern) => matchesSubject(pattern, subjectOf(topic, 0)))) continue;
    messagesReplayed += await replayOutbox(database, { ...range, topic });
  }
  return messagesReplayed;
}

async function topicsOf({ sql }: Database): Promise<string[]> {
  const rows = await statement("outbox.topics", sql<{ topic: string }[]>`select distinct topic from runtime.outbox`);
  return rows.map(({ topic }) => topic);
}

function matchesSubject(pattern: string, subject: string): boolean {
  const tokens = subject.split(".");
  const wanted = pattern.split(".");
  if (wanted.at(-1) === ">")
    return (
      tokens.length >= wanted.length && wanted.slice(0, -1).every((token, at) => token === "*" || token === tokens[at])
    );
  return tokens.length === wanted.length && wanted.every((token, at) => token === "*" || token === tokens[at]);
}

async function deletePublished({ sql }: Database, retentionMs: number): Promise<void> {
  const limit = 1_000;
  for (let batch = 0; batch < 20; batch++) {
    const deleted = await statement(
      "outbox.delete",
      sql`
        delete from runtime.outbox where id in (
          select id from runtime.outbox
          where published_at < clock_timestamp() - ${retentionMs} * interval '1 millisecond'
          order by published_at
          limit ${limit}
        )`,
    );
    if (deleted.count < limit) return;
  }
}

const seenTopics = new Set<string>();

async function measure({ sql }: Database): Promise<void> {
  // The count stops at a bound: its order of magnitude matters, and counting a million rows every few seconds would not help them.
  const rows = await sql<{ topic: string; count: number; age_s: number }[]>`
    select topic, count(*)::int as count, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as age_s
    from (select topic, created_at from runtime.outbox where published_at is null order by position limit 50000) as waiting
    group by topic`;
  for (const queue of seenTopics) {
    waitingGauge.set({ queue, state: "waiting" }, 0);
    ageGauge.set({ queue }, 0);
  }
  for (const { topic, count, age_s } of rows) {
    seenTopics.add(topic);
    waitingGauge.set({ queue: topic, state: "waiting" }, count);
    ageGauge.set({ queue: topic }, age_s);
  }
}

const waitingGauge = metrics.gauge({
  name: "outbox_messages",
  help: "Messages not published yet, counted up to 50000",
  labels: ["queue", "state"],
});
const ageGauge = metrics.gauge({
  name: "outbox_oldest_unpublished_age_seconds",
  help: "Age of the oldest message not published, 0 when there is none",
  labels: ["queue"],
});
