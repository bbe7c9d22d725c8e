import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { fingerprintOf } from "../fingerprint.ts";
import { maskedText } from "../mask-secrets.ts";
import { type CounterBounds, matches, type QueueFilter } from "./queue-filter.ts";
import { type QueueMessage, queueMessageColumns } from "./queue-messages.ts";

type MessageKey = Pick<QueueMessage, "counter" | "recordId">;

/** Locked until the transaction ends, which is then the only one that changes it. */
export async function lockQueueMessage(tx: Tx, recordId: string): Promise<QueueMessage | undefined> {
  const [row] = await statement(
    "queue.lock",
    tx<QueueMessage[]>`
      select ${queueMessageColumns(tx)} from integration_message m where m.record_id = ${recordId} for update of m`,
  );
  return row;
}

/** Has failed messages sent again: they are as if just written, and their attempts are counted anew. Answers how many had failed. */
export async function requeueMessages(tx: Tx, messages: readonly MessageKey[]): Promise<number> {
  const requeued = await statement(
    "queue.requeue",
    tx`
      update integration_message m set request_state = 1, attempts = 0, next_attempt_at = null
      from unnest(${messages.map(({ counter }) => counter)}::bigint[], ${messages.map(({ recordId }) => recordId)}::uuid[])
        as given (counter, record_id)
      where m.counter = given.counter and m.record_id = given.record_id and m.request_state = 4 and m.skipped_at is null`,
  );
  return requeued.count;
}

/** Takes a failed inbound message up: it is received again, and what becomes of it is told by `endRereading` in the same transaction. */
export async function beginRereading(tx: Tx, message: MessageKey): Promise<void> {
  const { counter, recordId } = message;
  await requeueMessages(tx, [message]);
  await statement(
    "queue.begin_rereading",
    tx`
      update integration_message set request_state = 2, attempts = 1 where counter = ${counter} and record_id = ${recordId}`,
  );
}

/** `error` is empty when the message was taken in. */
export async function endRereading(
  tx: Tx,
  { counter, recordId }: MessageKey,
  { error, startedAt, durationMs }: { error: string; startedAt: Date; durationMs: number },
): Promise<void> {
  const text = maskedText(error).slice(0, 4_000);
  await statement(
    "queue.end_rereading",
    tx`
      update integration_message set request_state = ${text === "" ? 3 : 4}, description = ${text}, fingerprint = ${fingerprintOf(text)},
        failures = failures + ${text === "" ? 0 : 1}
      where counter = ${counter} and record_id = ${recordId}`,
  );
  await statement(
    "queue.write_rereading",
    tx`
      insert into integration_attempt (record_id, number, started_at, duration_ms, error)
      select ${recordId}, coalesce(max(number), 0) + 1, ${startedAt}, ${Math.round(durationMs)}, ${text === "" ? null : text}
      from integration_attempt where record_id = ${recordId}`,
  );
}

/** Gives a failed message up. False when it has not failed or was given up before. */
export async function skipMessage(
  tx: Tx,
  { counter, recordId }: MessageKey,
  by: { actor: string; reason: string },
): Promise<boolean> {
  const skipped = await statement(
    "queue.skip",
    tx`
      update integration_message set skipped_at = clock_timestamp(), skipped_by = ${by.actor}, skip_reason = ${by.reason},
        next_attempt_at = null
      where counter = ${counter} and record_id = ${recordId} and request_state = 4 and skipped_at is null`,
  );
  return skipped.count === 1;
}

/** How many failed messages match; the filter's own states do not matter. */
export async function countRetriable(sql: Queryable, filter: QueueFilter, bounds: CounterBounds): Promise<number> {
  const [row] = await statement(
    "queue.count_retriable",
    sql<{ count: number }[]>`
      select count(*) as count from integration_message m
      where ${matches(sql, { ...filter, includeSkipped: false }, bounds)} and m.request_state = 4`,
  );
  return row?.count ?? 0;
}

export async function newestCounter(sql: Queryable): Promise<number> {
  const [row] = await statement(
    "queue.newest_counter",
    sql<{ counter: number }[]>`select counter from integration_message order by counter desc limit 1`,
  );
  return row?.counter ?? 0;
}

/** Failed messages that match, oldest first, within the bounds; locked until the transaction ends. */
export async function takeRetriable(
  tx: Tx,
  filter: QueueFilter,
  bounds: CounterBounds,
  limit: number,
): Promise<QueueMessage[]> {
  return await statement(
    "queue.take_retriable",
    tx<QueueMessage[]>`
      select ${queueMessageColumns(tx)} from integration_message m
      where ${matches(tx, { ...filter, includeSkipped: false }, bounds)} and m.request_state = 4
      order by m.counter limit ${limit} for update of m`,
  );
}
