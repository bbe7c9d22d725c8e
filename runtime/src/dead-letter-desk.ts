// What an administrator does with dead letters: look at them, have them tried again, give them up. Promised: who settled a letter and why stays with it,
// and a letter that is being tried right now is settled after that. Not promised: that a letter tried again succeeds; then it is open again.

import type { Queryable } from "./database.ts";
import { statement } from "./database.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** A letter as lists show it; `settledBy` and `settlement` are empty while nobody settled it. */
export type LetterSummary = Omit<DeadLetter, "payload" | "headers"> & { settledBy: string; settlement: string };
export type LetterState = DeadLetter["state"];
export type Settlement = { actor: string; reason: string };

const settleBatchMax = 1_000;

const columns = (sql: Queryable) => sql`
  id, consumer, message_id as "messageId", stream, subject, schema, reason, cause, attempts, state,
  created_at as "createdAt", updated_at as "updatedAt", settled_by as "settledBy", settlement`;

/** Newest first, below `beforeId`; an empty consumer and an undefined state match all. */
export async function listLetters(
  sql: Queryable,
  { consumer, state }: { consumer: string; state: LetterState | undefined },
  page: { beforeId: number; size: number },
): Promise<LetterSummary[]> {
  return await statement(
    "dead_letter.list_newest",
    sql<LetterSummary[]>`
      select ${columns(sql)} from runtime.dead_letter
      where id < ${page.beforeId}
        ${consumer === "" ? sql`` : sql`and consumer = ${consumer}`}
        ${state === undefined ? sql`` : sql`and state = ${state}`}
      order by id desc limit ${page.size}`,
  );
}

/** Unsettled letters by consumer and state. */
export async function countUnsettled(
  sql: Queryable,
): Promise<{ consumer: string; state: "open" | "retry"; count: number }[]> {
  return await statement(
    "dead_letter.count_unsettled",
    sql<{ consumer: string; state: "open" | "retry"; count: number }[]>`
      select consumer, state, count(*) as count from runtime.dead_letter
      where state in ('open', 'retry') group by consumer, state order by consumer, state`,
  );
}

export async function getLetter(
  sql: Queryable,
  id: number,
): Promise<(LetterSummary & Pick<DeadLetter, "payload" | "headers">) | undefined> {
  const [letter] = await statement(
    "dead_letter.get",
    sql<(LetterSummary & Pick<DeadLetter, "payload" | "headers">)[]>`
      select ${columns(sql)}, payload, headers from runtime.dead_letter where id = ${id}`,
  );
  return letter;
}

/** Has open letters tried again by their consumers. Answers how many were open. */
export async function redriveLetters(sql: Queryable, ids: readonly number[], by: Settlement): Promise<number> {
  return await settleLetters(sql, ids, by, { from: ["open"], to: "retry" });
}

/** Has all letters of a consumer that are open now tried again, in batches. Answers how many they were. */
export async function redriveConsumer(sql: Queryable, consumer: string, by: Settlement): Promise<number> {
  let redriven = 0;
  // One that fails again meanwhile is open again, and must not be taken a second time.
  for (let afterId: number | undefined = 0; afterId !== undefined; ) {
    const open: { id: number }[] = await statement(
      "dead_letter.list_open",
      sql<{ id: number }[]>`
        select id from runtime.dead_letter where consumer = ${consumer} and state = 'open' and id > ${afterId}
        order by id limit ${settleBatchMax}`,
    );
    const ids = open.map(({ id }) => id);
    if (ids.length > 0) redriven += await redriveLetters(sql, ids, by);
    afterId = ids.at(-1);
  }
  return redriven;
}

/** Gives letters up for good. Answers how many were not settled before. */
export async function discardLetters(sql: Queryable, ids: readonly number[], by: Settlement): Promise<number> {
  return await settleLetters(sql, ids, by, { from: ["open", "retry"], to: "discarded" });
}

async function settleLetters(
  sql: Queryable,
  ids: readonly number[],
  by: Settlement,
  { from, to }: { from: readonly LetterState[]; to: LetterState },
): Promise<number> {
  const settled = await statement(
    "dead_letter.settle",
    sql`
      update runtime.dead_letter set state = ${to}, settled_by = ${by.actor}, settlement = ${by.reason}, updated_at = now()
      where id = any(${[...ids]}::bigint[]) and state = any(${[...from]}::text[])`,
  );
  return settled.count;
}
