import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { FocusRecord } from "../domain/focus-record.ts";

/** What Focus answered to each of these numbers since then; a number that was not asked is not in the map. */
export async function readFocusAnswers(
  sql: Queryable,
  method: "req" | "egrDetails",
  numbers: readonly string[],
  since: Date,
): Promise<Map<string, FocusRecord[]>> {
  const rows = await statement(
    "focus_answer.read",
    sql<{ number: string; records: FocusRecord[] }[]>`
      select number, records from focus_answer
      where method = ${method} and number = any(${numbers}::text[]) and answered_at > ${since}
      order by number`,
  );
  return new Map(rows.map(({ number, records }) => [number, records]));
}

export async function saveFocusAnswers(
  tx: Tx,
  method: "req" | "egrDetails",
  answers: ReadonlyMap<string, readonly FocusRecord[]>,
  answeredAt: Date,
): Promise<void> {
  const ordered = [...answers].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await statement(
    "focus_answer.save",
    tx`
      insert into focus_answer (method, number, records, answered_at)
      select ${method}, number, records::jsonb, ${answeredAt}
      from unnest(
        ${ordered.map(([number]) => number)}::text[],
        ${ordered.map(([, records]) => JSON.stringify(records))}::text[]
      ) as given (number, records)
      on conflict (method, number) do update set records = excluded.records, answered_at = excluded.answered_at`,
  );
}

/** Drops answers older than that, at most `limit`; returns how many. */
export async function forgetFocusAnswers(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await statement(
    "focus_answer.forget",
    tx`
      delete from focus_answer where (method, number) in (
        select method, number from focus_answer where answered_at < ${before} order by answered_at limit ${limit}
      )`,
  );
  return gone.count;
}
