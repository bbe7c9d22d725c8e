import type { Tx } from "@dozor/runtime/database";
import { businessDateOf, endOfBusinessDate } from "../domain/business-date.ts";
import { insertRun, readRunOfDate, type StoredRun } from "../store/run.ts";

export type RunOrder = { businessDate: string; asOf: Date | undefined; startedBy: string; now: Date; timeZone: string };

/**
 * Opens the run of a business date, or answers the one that exists. Today is judged as of now, a past date as of its end, unless the order says otherwise;
 * the instant is fixed here, once for all.
 */
export async function openRun(tx: Tx, order: RunOrder): Promise<{ run: StoredRun; created: boolean }> {
  const { businessDate, now, timeZone } = order;
  const isPast = businessDate < businessDateOf(now, timeZone);
  const asOf = order.asOf ?? (isPast ? endOfBusinessDate(businessDate, timeZone) : now);
  const created = await insertRun(tx, {
    runId: Bun.randomUUIDv7(),
    businessDate,
    asOf,
    startedAt: now,
    startedBy: order.startedBy,
  });
  const run = await readRunOfDate(tx, businessDate);
  if (run === undefined) throw new Error(`open the run of ${businessDate}: its row is missing`);
  return { run, created };
}
