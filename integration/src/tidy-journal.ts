import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Job } from "@dozor/runtime/job";
import { dropMonth, forgetAttempts, forgetMessages, listMonthsBefore, makeMonth } from "./store/journal-age.ts";

const monthsAhead = 3;
const batchMax = 1_000;
const dayMs = 86_400_000;

/**
 * Makes the months ahead, drops whole months that are older than what is kept and finished, and deletes the finished messages of the others in batches. What
 * waits for a person is kept however old it is.
 */
export function tidyJournal({ keptDays }: { keptDays: number }): Job<{ database: Database; clock: Clock }> {
  return {
    name: "tidy-journal",
    everyMs: 6 * 3_600_000,
    atStart: true,
    async runOnce({ database, clock }, run) {
      const now = clock.now();
      for (let month = 0; month <= monthsAhead; month++) {
        const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 1)).toISOString().slice(0, 10);
        await run.commit("journal.make_month", (tx) => makeMonth(tx, first));
      }
      const before = new Date(now.getTime() - keptDays * dayMs);
      for (const month of await listMonthsBefore(database.sql, before)) {
        run.signal.throwIfAborted();
        await run.commit("journal.drop_month", (tx) => dropMonth(tx, month));
      }
      for (const forget of [forgetMessages, forgetAttempts]) {
        for (let gone = batchMax; gone === batchMax; ) {
          run.signal.throwIfAborted();
          gone = await run.commit("journal.forget", (tx) => forget(tx, before, batchMax));
        }
      }
    },
  };
}
