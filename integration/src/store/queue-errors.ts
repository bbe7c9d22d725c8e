import { type Queryable, statement } from "@dozor/runtime/database";
import { type CounterBounds, matches, type QueueFilter } from "./queue-filter.ts";

export type ErrorGroup = {
  fingerprint: string;
  example: string;
  source: string;
  requestType: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
};

/** Failed messages that match by the fingerprint of their error, most frequent first; of more than `messagesMax` the newest ones are grouped. */
export async function listErrorGroups(
  sql: Queryable,
  filter: QueueFilter,
  bounds: CounterBounds,
  { messagesMax, size }: { messagesMax: number; size: number },
): Promise<ErrorGroup[]> {
  return await statement(
    "queue.list_error_groups",
    sql<ErrorGroup[]>`
      with failed as (
        select m.counter, m.date_time, m.fingerprint, m.source, m.request_type from integration_message m
        where ${matches(sql, filter, bounds)} and m.request_state = 4 order by m.counter desc limit ${messagesMax}
      ), grouped as (
        select fingerprint, source, request_type, count(*) as count, min(date_time) as first_at, max(date_time) as last_at,
          max(counter) as newest
        from failed group by fingerprint, source, request_type
        order by count(*) desc, max(counter) desc limit ${size}
      )
      select g.fingerprint, newest.description as example, g.source, g.request_type as "requestType", g.count,
        g.first_at as "firstAt", g.last_at as "lastAt"
      from grouped g cross join lateral (
        select m.description from integration_message m where m.counter = g.newest limit 1
      ) newest
      order by g.count desc, g.newest desc`,
  );
}
