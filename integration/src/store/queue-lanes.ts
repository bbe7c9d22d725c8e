import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { type QueueMessage, queueMessageColumns, waitingBehind } from "./queue-messages.ts";

/**
 * Messages that hold their lane up, oldest first, after the given counter. Failed calls that are repeated by themselves hold nothing up and are not among
 * them. `waitingCount` ends at `waitingMax`.
 */
export async function listBlockingMessages(
  sql: Queryable,
  page: { afterCounter: number; size: number; waitingMax: number },
): Promise<(QueueMessage & { waitingCount: number })[]> {
  return await statement(
    "queue.list_blocking",
    sql<(QueueMessage & { waitingCount: number })[]>`
      select ${queueMessageColumns(sql)}, (${waitingBehind(sql, page.waitingMax)}) as "waitingCount"
      from integration_message m
      where m.direction = 2 and m.request_state = 4 and m.skipped_at is null and m.counter > ${page.afterCounter}
        and exists (
          select from integration_lane l
          where l.source = m.source and l.object_id = m.object_id and l.head_record_id = m.record_id and l.is_blocked
        )
      order by m.counter limit ${page.size}`,
  );
}

/** Of these outbound messages those that delivery would send again: the others are calls that whoever made them repeats by itself. */
export async function listDeliverable(tx: Tx, recordIds: readonly string[]): Promise<Set<string>> {
  if (recordIds.length === 0) return new Set();
  const rows = await statement(
    "queue.list_deliverable",
    tx<{ recordId: string }[]>`
      select m.record_id as "recordId" from integration_message m
      join integration_lane l on l.source = m.source and l.object_id = m.object_id and l.head_record_id = m.record_id
      where m.record_id = any(${[...recordIds]}::uuid[])`,
  );
  return new Set(rows.map(({ recordId }) => recordId));
}
