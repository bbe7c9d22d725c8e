import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { MessageDirection } from "./queue-filter.ts";

/** A queue, or one lane of it when `objectId` is not empty. */
export type PauseKey = { direction: MessageDirection; source: string; objectId: string };
export type QueuePause = PauseKey & { pausedBy: string; pausedAt: Date; reason: string };

const columns = (sql: Queryable) => sql`
  direction, source, object_id as "objectId", paused_by as "pausedBy", paused_at as "pausedAt", reason`;

/** undefined when it is paused already. */
export async function insertPause(
  tx: Tx,
  { direction, source, objectId }: PauseKey,
  { actor, reason }: { actor: string; reason: string },
): Promise<QueuePause | undefined> {
  const [row] = await statement(
    "queue.pause",
    tx<QueuePause[]>`
      insert into integration_pause (direction, source, object_id, paused_by, paused_at, reason)
      values (${direction}, ${source}, ${objectId}, ${actor}, clock_timestamp(), ${reason})
      on conflict do nothing returning ${columns(tx)}`,
  );
  return row;
}

/** False when it was not paused. Delivery looks by itself for what waited. */
export async function deletePause(tx: Tx, { direction, source, objectId }: PauseKey): Promise<boolean> {
  const deleted = await statement(
    "queue.resume",
    tx`
      delete from integration_pause where direction = ${direction} and source = ${source} and object_id = ${objectId}`,
  );
  return deleted.count === 1;
}

/** Oldest first, at most `limit`. */
export async function listPauses(sql: Queryable, limit: number): Promise<QueuePause[]> {
  return await statement(
    "queue.list_pauses",
    sql<QueuePause[]>`
      select ${columns(sql)} from integration_pause order by paused_at, direction, source, object_id limit ${limit}`,
  );
}

/** Whether the whole queue is paused, such as all polls of a source. */
export async function isQueuePaused(sql: Queryable, direction: MessageDirection, source: string): Promise<boolean> {
  const rows = await statement(
    "queue.is_paused",
    sql`select 1 from integration_pause where direction = ${direction} and source = ${source} and object_id = ''`,
  );
  return rows.length > 0;
}
