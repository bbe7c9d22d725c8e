import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Job } from "@dozor/runtime/job";
import type { Log } from "@dozor/runtime/log";
import { Cron } from "croner";
import { addDays, businessDateOf, startOfBusinessDate } from "../domain/business-date.ts";
import { openRun } from "../steps/open-run.ts";
import { readMadeAt, readNewestRunDate } from "../store/run.ts";

type DailyContext = {
  clock: Clock;
  database: Database;
  log: Log;
  /** Has the job of that name run soon. */
  wake(job: string): void;
  config: { timeZone: string; dailyRunCron: string | undefined };
};

/** A week of missed days is judged afterwards; older ones would only tell what everybody knows. */
const backfillDays = 7;

/**
 * Opens the run of today when its time has come, and those of days that were missed since the newest run: nobody was up, or the clock jumped. The ledger
 * allows one run per date, so that looking every minute on every instance opens no second one.
 */
export const startDailyRun: Job<DailyContext> = {
  name: "start-daily-run",
  everyMs: 60_000,
  atStart: true,
  async runOnce(context, run) {
    const dates = await dueDates(context);
    for (const businessDate of dates) {
      const { timeZone } = context.config;
      const order = { businessDate, asOf: undefined, startedBy: "schedule", now: context.clock.now(), timeZone };
      const opened = await run.commit("open daily run", (tx) => openRun(tx, order));
      context.log.info("run.opened", { runId: opened.run.runId, businessDate, created: opened.created });
    }
    if (dates.length > 0) context.wake("drive-runs");
  },
};

async function dueDates({ clock, database, config }: DailyContext): Promise<string[]> {
  if (config.dailyRunCron === undefined) return [];
  const cron = new Cron(config.dailyRunCron, { timezone: config.timeZone, paused: true });
  const now = clock.now();
  const today = businessDateOf(now, config.timeZone);
  const madeAt = await readMadeAt(database.sql);
  const newest = await readNewestRunDate(database.sql);
  const first = addDays(today, -backfillDays);
  const dates: string[] = [];
  for (
    let date = newest !== undefined && newest >= first ? addDays(newest, 1) : first;
    date <= today;
    date = addDays(date, 1)
  ) {
    const dueAt = dueOn(cron, date, config.timeZone);
    if (dueAt !== undefined && dueAt <= now && dueAt >= madeAt) dates.push(date);
  }
  return dates;
}

/** When the schedule fires on a business date; undefined when it skips the date. */
function dueOn(cron: Cron, date: string, timeZone: string): Date | undefined {
  const dayStart = startOfBusinessDate(date, timeZone);
  const next = cron.nextRun(new Date(dayStart.getTime() - 1000));
  return next !== null && businessDateOf(next, timeZone) === date ? next : undefined;
}
