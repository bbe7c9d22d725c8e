// What a consumer has done, kept in the transaction that did it. Together they make "at least once" look like once.

import { statement, type Tx } from "./database.ts";

/** Enters the messages; gives the ids that were not there yet. Waits for a transaction that enters the same ones. */
export async function inboxEnter(tx: Tx, consumer: string, messageIds: readonly string[]): Promise<Set<string>> {
  const rows = await statement(
    "inbox.enter",
    tx<{ message_id: string }[]>`
      insert into runtime.inbox (consumer, message_id)
      select ${consumer}, message_id
      from unnest(${[...messageIds]}::uuid[]) as entering (message_id)
      order by message_id
      on conflict (consumer, message_id) do nothing
      returning message_id
    `,
  );
  return new Set(rows.map((row) => row.message_id));
}

/** Forgets messages processed before the longest time a message can come again; at most `limit` a call. */
export async function inboxForget(tx: Tx, olderThanDays: number, limit: number): Promise<number> {
  const result = await statement(
    "inbox.forget",
    tx`
      delete from runtime.inbox where ctid in (
        select ctid from runtime.inbox
        where processed_at < now() - make_interval(days => ${olderThanDays})
        order by processed_at limit ${limit}
      )
    `,
  );
  return result.count;
}
