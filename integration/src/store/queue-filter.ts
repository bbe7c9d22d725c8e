import { type Queryable, statement } from "@dozor/runtime/database";

export type MessageState = 1 | 2 | 3 | 4;
export type MessageDirection = 1 | 2;

/** Every field that is set must match; an empty text, an empty list and undefined match everything. */
export type QueueFilter = {
  direction: MessageDirection | undefined;
  states: readonly MessageState[];
  source: string;
  requestType: string;
  objectId: string;
  entityId: string;
  /** Written at or after. */
  since: Date | undefined;
  /** Written before. */
  until: Date | undefined;
  /** Contained in the error text, regardless of case. */
  errorContains: string;
  fingerprint: string;
  includeSkipped: boolean;
};

/** Exclusive bounds of the counters that can match a filter's times. */
export type CounterBounds = { after: number; before: number };

/** Longer than any transaction lives: a message gets its time when its transaction begins and its counter when it is written. */
const transactionLength = "1 hour";

/** Lists go by counter, so that times are turned into counters first; `matches` still compares the times themselves. */
export async function counterBounds(
  sql: Queryable,
  { since, until }: Pick<QueueFilter, "since" | "until">,
): Promise<CounterBounds> {
  if (since === undefined && until === undefined) return { after: 0, before: Number.MAX_SAFE_INTEGER };
  const [row] = await statement(
    "queue.counter_bounds",
    sql<{ after: number | null; before: number | null }[]>`
      select
        (
          select counter from integration_message where date_time < ${since ?? null}::timestamptz - ${transactionLength}::interval
          order by date_time desc, counter desc limit 1
        ) as after,
        (
          select counter from integration_message where date_time >= ${until ?? null}::timestamptz + ${transactionLength}::interval
          order by date_time, counter limit 1
        ) as before`,
  );
  // Of the rows of one instant the bound is the outermost, so that a transaction of many rows is not cut.
  return { after: row?.after ?? 0, before: row?.before ?? Number.MAX_SAFE_INTEGER };
}

/** The condition of a filter without its states, over `m`. */
export function matches(sql: Queryable, filter: QueueFilter, { after, before }: CounterBounds) {
  const { direction, source, requestType, objectId, entityId, since, until, errorContains, fingerprint } = filter;
  return sql`m.counter > ${after} and m.counter < ${before}
    ${direction === undefined ? sql`` : sql`and m.direction = ${direction}`}
    ${source === "" ? sql`` : sql`and m.source = ${source}`}
    ${requestType === "" ? sql`` : sql`and m.request_type = ${requestType}`}
    ${objectId === "" ? sql`` : sql`and m.object_id = ${objectId} ${lanesOf(sql, filter)}`}
    ${entityId === "" ? sql`` : sql`and m.entity_id = ${entityId}::uuid`}
    ${since === undefined ? sql`` : sql`and m.date_time >= ${since}`}
    ${until === undefined ? sql`` : sql`and m.date_time < ${until}`}
    ${errorContains === "" ? sql`` : sql`and m.description <> '' and position(lower(${errorContains}) in lower(m.description)) > 0`}
    ${fingerprint === "" ? sql`` : sql`and m.description <> '' and m.fingerprint = ${fingerprint}`}
    ${filter.includeSkipped ? sql`` : sql`and m.skipped_at is null`}`;
}

/** The index of lanes begins with direction and source: an object alone finds its lanes when they are all named. */
function lanesOf(sql: Queryable, { direction, source }: QueueFilter) {
  const sources = source !== "" ? sql`` : sql`and m.source = any(array(${distinctSources(sql)}))`;
  return sql`${direction === undefined ? sql`and m.direction = any('{1,2}')` : sql``} ${sources}`;
}

/** The few sources there are, each found by one step in the index of lanes. */
function distinctSources(sql: Queryable) {
  return sql`
    with recursive known (direction, source) as (
      (select direction, source from integration_message order by direction, source limit 1)
      union all
      select next.direction, next.source from known cross join lateral (
        select direction, source from integration_message
        where (direction, source) > (known.direction, known.source) order by direction, source limit 1
      ) as next
    )
    select distinct source from known`;
}
