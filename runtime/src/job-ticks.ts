// When a job ticks. Promised: a tick per time of its cron, whatever happens to the wall clock in between, or one per interval with jitter; a failing job
// ticks ever more slowly. Not promised: that a tick missed while nobody ran is made up for.

import { setTimeout as delay } from "node:timers/promises";
import { Cron } from "croner";
import type { Clock } from "./clock.ts";

type Tick = (restMs: number) => Promise<void>;

const retryDelayMsMax = 300_000;

export async function tickByCron(
  job: { cron: string; timezone?: string; atStart?: boolean },
  tick: Tick,
  onNext: (at: Date) => void,
  signal: AbortSignal,
): Promise<void> {
  const cron = new Cron(job.cron, { paused: true, ...(job.timezone === undefined ? {} : { timezone: job.timezone }) });
  if (job.atStart) await tick(0);
  while (!signal.aborted) {
    const next = cron.nextRun();
    if (next === null) return;
    onNext(next);
    // setTimeout counts at most 24 days; an hour also follows a wall clock that was moved.
    for (let leftMs = next.getTime() - Date.now(); leftMs > 0; leftMs = next.getTime() - Date.now()) {
      if (!(await waited(Math.min(leftMs, 3_600_000), signal))) return;
    }
    // Another instance ticks at the same time and may be done already; its clock may be a little ahead.
    await tick(Math.max(0, Date.now() - next.getTime()) + 1_000);
  }
}

export async function tickByInterval(
  job: { everyMs: number; atStart?: boolean },
  { tick, failureCount }: { tick: Tick; failureCount: () => number },
  onNext: (at: Date) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  // Every instance ticks, and together they are to run the job once per interval.
  const restMs = job.everyMs * 0.8;
  if (job.atStart) await tick(restMs);
  while (!signal.aborted) {
    const backoffMs = failureCount() === 0 ? 0 : Math.min(500 * 2 ** failureCount(), retryDelayMsMax);
    // Jitter, so that equal instances do not ask for the lease in the same millisecond for ever.
    const waitMs = Math.max(job.everyMs, backoffMs) * (0.9 + Math.random() * 0.2);
    onNext(new Date(clock.now().getTime() + waitMs));
    if (!(await waited(waitMs, signal))) return;
    await tick(restMs);
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return await delay(ms, true, { signal }).catch(() => false);
}
