import { type Queryable, statement } from "@dozor/runtime/database";
import { matches, type QueueFilter } from "./queue-filter.ts";
import { type QueueMessage, queueMessageColumns } from "./queue-messages.ts";

const always = { after: 0, before: Number.MAX_SAFE_INTEGER };

/** The oldest transaction that runs now: what commits later carries its number or a higher one. */
export async function oldestRunning(sql: Queryable): Promise<string> {
  const [row] = await statement(
    "queue.oldest_running",
    sql<{ xmin: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`,
  );
  return row?.xmin ?? "0";
}

/** Messages that match and were changed by the transaction `since` or later ones. May repeat what was seen before. */
export async function listChangedMessages(
  sql: Queryable,
  filter: QueueFilter,
  since: string,
  limit: number,
): Promise<QueueMessage[]> {
  const { states } = filter;
  return await statement(
    "queue.list_changed",
    sql<QueueMessage[]>`
      select ${queueMessageColumns(sql)} from integration_message m
      where m.changed_in >= ${since}::xid8 and ${matches(sql, filter, always)}
        ${states.length === 0 ? sql`` : sql`and m.request_state = any(${[...states]}::smallint[])`}
      order by m.changed_in, m.counter limit ${limit}`,
  );
}
