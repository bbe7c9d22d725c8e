import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { MessageDirection } from "./queue-filter.ts";

export type QueueAction = {
  action: "retry" | "skip" | "pause" | "resume" | "reload";
  /** The verified subject. */
  actor: string;
  reason: string;
  /** Made by the client to be able to repeat the request; empty when it made none. */
  requestId?: string;
};

/** A message, or a queue or lane when `recordId` is missing; of what is sent anew, `objectId` is the kind of objects. */
export type ActionTarget = {
  recordId?: string;
  direction: MessageDirection;
  source: string;
  objectId: string;
  /** Why the message was refused again; empty when it was not. */
  error?: string;
};

/** Writes down who did what to which messages or queue. What the same request did to a message before is not written again. */
export async function writeActions(tx: Tx, action: QueueAction, targets: readonly ActionTarget[]): Promise<void> {
  await statement(
    "queue.write_actions",
    tx`
      insert into integration_action (request_id, actor, action, reason, record_id, direction, source, object_id, error)
      select ${action.requestId ?? ""}, ${action.actor}, ${action.action}, ${action.reason},
        given.record_id, given.direction, given.source, given.object_id, given.error
      from unnest(
        ${targets.map(({ recordId }) => recordId ?? null)}::uuid[], ${targets.map(({ direction }) => direction)}::smallint[],
        ${targets.map(({ source }) => source)}::text[], ${targets.map(({ objectId }) => objectId)}::text[],
        ${targets.map(({ error }) => (error ?? "").slice(0, 4_000))}::text[]
      ) as given (record_id, direction, source, object_id, error)
      on conflict (request_id, record_id) where request_id <> '' and record_id is not null do nothing`,
  );
}

/** What a request did before, in that order, after the given action. */
export async function listDoneBefore(
  sql: Queryable,
  requestId: string,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<{ id: number; recordId: string; error: string }[]> {
  return await statement(
    "queue.list_done_before",
    sql<{ id: number; recordId: string; error: string }[]>`
      select id, record_id as "recordId", error from integration_action
      where request_id = ${requestId} and request_id <> '' and record_id is not null and id > ${afterId} order by id limit ${limit}`,
  );
}

export async function countDoneBefore(sql: Queryable, requestId: string): Promise<number> {
  const [row] = await statement(
    "queue.count_done_before",
    sql<{ count: number }[]>`
      select count(*) as count from integration_action
      where request_id = ${requestId} and request_id <> '' and record_id is not null`,
  );
  return row?.count ?? 0;
}
