import { type Queryable, statement } from "@dozor/runtime/database";
import { type QueueMessage, queueMessageColumns, waitingBehind } from "./queue-messages.ts";

/**
 * Messages that hold their lane up, oldest first, after the given counter: the lowest unfinished one of an outbound lane, when it failed. `waitingCount`
 * ends at `waitingMax`.
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
        and not exists (
          select from integration_message e
          where e.direction = m.direction and e.source = m.source and e.object_id = m.object_id and e.counter < m.counter
            and (e.request_state in (1, 2) or (e.request_state = 4 and e.skipped_at is null))
        )
      order by m.counter limit ${page.size}`,
  );
}
