// What is to be published is written in the transaction that changes the state, so that either both happen or neither. Promised: a committed message is
// published at least once while Postgres lives. Not promised: that it is published once, or in order across relays; consumers have an inbox and
// a version gate.

import type { Database, Tx } from "./database.ts";
import { bytesArray, statement } from "./database.ts";
import { traceparent } from "./telemetry.ts";

/** Messages of one key keep their lane; a lane has one publisher at a time. The table's own constraint knows this number too. */
export const outboxLaneCount = 8;

export type OutboxMessage = {
  /** UUID, later its Nats-Msg-Id; made when absent. */
  id?: string;
  /** What it is about, such as "registry.v1.asset". */
  topic: string;
  /** What must stay in order, such as the asset's id. */
  key: string;
  /** Full name of the protobuf message. */
  schema: string;
  payload: Uint8Array;
};

/** Channel of the hint that something was committed. */
export const outboxChannel = "dozor_outbox";
const payloadBytesMax = 900_000;
const rowsMax = 1_000;

/** Adds the messages to the transaction. The trace of the caller goes with them. */
export async function outboxAppend(tx: Tx, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const tooLarge = messages.find((message) => message.payload.byteLength > payloadBytesMax);
  if (tooLarge !== undefined) {
    throw new Error(
      `append ${tooLarge.schema} of ${tooLarge.key} to the outbox: ${tooLarge.payload.byteLength} bytes do not fit a message`,
    );
  }
  const parent = traceparent() ?? null;
  for (let from = 0; from < messages.length; from += rowsMax) {
    const rows = messages.slice(from, from + rowsMax);
    await statement(
      "outbox.append",
      tx`
        insert into runtime.outbox (id, lane, topic, key, schema, payload, traceparent)
        select row.id, row.lane, row.topic, row.key, row.schema, row.payload, ${parent}
        from unnest(
          ${rows.map(({ id }) => id ?? Bun.randomUUIDv7())}::uuid[],
          ${rows.map(({ key }) => laneOf(key))}::smallint[],
          ${rows.map(({ topic }) => topic)}::text[],
          ${rows.map(({ key }) => key)}::text[],
          ${rows.map(({ schema }) => schema)}::text[],
          ${bytesArray(
            tx,
            rows.map(({ payload }) => payload),
          )}::bytea[]
        ) with ordinality as row (id, lane, topic, key, schema, payload, number)
        order by row.number`,
    );
  }
  // Once per transaction at most: Postgres folds equal notifications. It costs a lock at commit and is only a hint.
  await statement("outbox.notify", tx`select pg_notify(${outboxChannel}, '')`);
}

function laneOf(key: string): number {
  return Number(Bun.hash.xxHash3(key) % BigInt(outboxLaneCount));
}

/** Publishes again what was published in the given time; consumers' inboxes and version gates make it harmless. Answers the number of messages. */
export async function replayOutbox(
  database: Database,
  { publishedSince, publishedBefore, topic }: { publishedSince: Date; publishedBefore?: Date; topic?: string },
): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await statement(
      "outbox.replay",
      database.sql`
        update runtime.outbox set published_at = null
        where id in (
          select id from runtime.outbox
          where published_at >= ${publishedSince}
            and published_at < ${publishedBefore ?? new Date("9999-01-01T00:00:00Z")}
            and topic = coalesce(${topic ?? null}, topic)
          order by published_at
          limit ${rowsMax}
        )`,
    );
    count += rows.count;
    if (rows.count < rowsMax) return count;
  }
}
