import { type Queryable, statement } from "@dozor/runtime/database";
import {
  type CounterBounds,
  type MessageDirection,
  type MessageState,
  matches,
  type QueueFilter,
} from "./queue-filter.ts";

/** A message of the journal as an administrator sees it, without its body. */
export type QueueMessage = {
  counter: number;
  recordId: string;
  direction: MessageDirection;
  source: string;
  objectId: string;
  requestType: string;
  objectVersion: string;
  entityId: string | null;
  requestState: MessageState;
  description: string;
  fingerprint: string;
  attemptCount: number;
  nextAttemptAt: Date | null;
  skippedAt: Date | null;
  skippedBy: string;
  skipReason: string;
  traceparent: string | null;
  dateTime: Date;
  dateTimeUpdate: Date;
  version: number;
};

export const queueMessageColumns = (sql: Queryable) => sql`
  m.counter, m.record_id as "recordId", m.direction, m.source, m.object_id as "objectId", m.request_type as "requestType",
  m.object_version as "objectVersion", m.entity_id as "entityId", m.request_state as "requestState", m.description, m.fingerprint,
  (select count(*)::int from integration_attempt t where t.record_id = m.record_id) as "attemptCount",
  m.next_attempt_at as "nextAttemptAt", m.skipped_at as "skippedAt", m.skipped_by as "skippedBy", m.skip_reason as "skipReason",
  m.traceparent, m.date_time as "dateTime", m.date_time_update as "dateTimeUpdate", m.version`;

/** Newest first, below `beforeCounter`. */
export async function listQueueMessages(
  sql: Queryable,
  filter: QueueFilter,
  bounds: CounterBounds,
  page: { beforeCounter: number; size: number },
): Promise<QueueMessage[]> {
  const within = { ...bounds, before: Math.min(bounds.before, page.beforeCounter) };
  // One list per state, because each is in order by itself in the index and all of them together are not.
  const states = filter.states.length === 0 ? [undefined] : [...new Set(filter.states)];
  const lists = states.map(
    (state) => sql`
      (select m.* from integration_message m
      where ${matches(sql, filter, within)} ${state === undefined ? sql`` : sql`and ${isInState(sql, state)}`}
      order by m.counter desc limit ${page.size})`,
  );
  const all = lists.reduce((before, list) => sql`${before} union all ${list}`);
  return await statement(
    "queue.list",
    sql<QueueMessage[]>`
      select ${queueMessageColumns(sql)} from (${all}) m order by m.counter desc limit ${page.size}`,
  );
}

/** Newest first: messages that became or were made of the entity, and those that the source sent of the object. */
export async function listMessagesOfObject(
  sql: Queryable,
  { entityId, source, objectId }: { entityId: string; source: string; objectId: string },
  limit: number,
): Promise<QueueMessage[]> {
  return await statement(
    "queue.list_of_object",
    sql<QueueMessage[]>`
      select ${queueMessageColumns(sql)} from (
        (select * from integration_message where entity_id = ${entityId} order by counter desc limit ${limit})
        union
        (select * from integration_message where direction = 1 and source = ${source} and object_id = ${objectId}
          order by counter desc limit ${limit})
      ) m order by m.counter desc limit ${limit}`,
  );
}

/** Literals, since a parameter would hide from the planner that a partial index fits. */
function isInState(sql: Queryable, state: MessageState) {
  switch (state) {
    case 1:
      return sql`m.request_state = 1`;
    case 2:
      return sql`m.request_state = 2`;
    case 3:
      return sql`m.request_state = 3`;
    case 4:
      return sql`m.request_state = 4`;
  }
}

export type StateCounts = { created: number; received: number; processed: number; failed: number; skipped: number };

/** All that match, whatever the states of the filter, each counted up to `limit`. */
export async function countQueueMessages(
  sql: Queryable,
  filter: QueueFilter,
  bounds: CounterBounds,
  limit: number,
): Promise<StateCounts> {
  const all = { ...filter, includeSkipped: true };
  const count = (state: MessageState, condition = sql``) => sql`
    (select count(*) from (
      select 1 from integration_message m where ${matches(sql, all, bounds)} and ${isInState(sql, state)} ${condition} limit ${limit}
    ) counted)`;
  const [row] = await statement(
    "queue.count",
    sql<StateCounts[]>`
      select ${count(1)} as created, ${count(2)} as received, ${count(3)} as processed,
        ${count(4, sql`and m.skipped_at is null`)} as failed, ${count(4, sql`and m.skipped_at is not null`)} as skipped`,
  );
  return row ?? { created: 0, received: 0, processed: 0, failed: 0, skipped: 0 };
}

export async function getQueueMessage(sql: Queryable, recordId: string): Promise<QueueMessage | undefined> {
  const [row] = await statement(
    "queue.get",
    sql<QueueMessage[]>`select ${queueMessageColumns(sql)} from integration_message m where m.record_id = ${recordId}`,
  );
  return row;
}

export type QueueAttempt = {
  number: number;
  startedAt: Date;
  durationMs: number | null;
  status: number | null;
  error: string | null;
  responseExcerpt: string;
};

/** The body, the newest attempts in their order, and how many messages of the lane wait behind this one. */
export async function getQueueMessageDetails(
  sql: Queryable,
  { recordId, counter, direction, source, objectId }: QueueMessage,
  { attemptsMax, waitingMax }: { attemptsMax: number; waitingMax: number },
): Promise<{ bodyJson: string; attempts: QueueAttempt[]; waitingBehind: number }> {
  const [row] = await statement(
    "queue.get_details",
    sql<{ bodyJson: string; waitingBehind: number }[]>`
      select m.body::text as "bodyJson", (${waitingBehind(sql, waitingMax)}) as "waitingBehind"
      from integration_message m
      where m.record_id = ${recordId} and m.counter = ${counter} and m.direction = ${direction} and m.source = ${source}
        and m.object_id = ${objectId}`,
  );
  const attempts = await statement(
    "queue.list_attempts",
    sql<QueueAttempt[]>`
      select number, started_at as "startedAt", duration_ms as "durationMs", status, error, response_excerpt as "responseExcerpt"
      from integration_attempt where record_id = ${recordId} order by number desc limit ${attemptsMax}`,
  );
  return {
    bodyJson: row?.bodyJson ?? "",
    waitingBehind: row?.waitingBehind ?? 0,
    attempts: attempts.toReversed(),
  };
}

/** How many unfinished messages of the lane of `m` come after it, counted up to `limit`. Inbound messages wait for nobody. */
export function waitingBehind(sql: Queryable, limit: number) {
  return sql`
    select count(*)::int from (
      select 1 from integration_message w
      where m.direction = 2 and w.direction = m.direction and w.source = m.source and w.object_id = m.object_id and w.counter > m.counter
        and (w.request_state in (1, 2) or (w.request_state = 4 and w.skipped_at is null))
      limit ${limit}
    ) waiting`;
}
