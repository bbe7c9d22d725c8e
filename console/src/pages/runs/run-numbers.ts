import { type Run, type RunCounts, RunState } from "@dozor/proto/monitoring/v1/run";
import { dateOf } from "../../lib/company-time.ts";

/** Checks that have ended, one way or another. */
export function endedChecks(counts: RunCounts | undefined): bigint {
  return counts ? counts.violated + counts.clear + counts.unknown + counts.failed : 0n;
}

export function hasEnded({ state }: Pick<Run, "state">): boolean {
  return state === RunState.COMPLETED || state === RunState.CANCELLED;
}

/** From 0 to 1; a run with nothing to check is done when it has ended. */
export function progressOf(run: Pick<Run, "state" | "counts">): number {
  if (hasEnded(run)) return 1;
  const planned = Number(run.counts?.planned ?? 0n);
  return planned === 0 ? 0 : Math.min(1, Number(endedChecks(run.counts)) / planned);
}

/** Milliseconds from the start to the end, or to `now` while it goes on. */
export function durationMs(run: Pick<Run, "startedAt" | "endedAt">, now: Date): number {
  if (!run.startedAt) return 0;
  const end = run.endedAt ? dateOf(run.endedAt) : now;
  return Math.max(0, end.getTime() - dateOf(run.startedAt).getTime());
}

/** What is left at the speed so far; nothing is said before a twentieth is done. */
export function remainingMs(
  run: Pick<Run, "state" | "counts" | "startedAt" | "endedAt">,
  now: Date,
): number | undefined {
  const progress = progressOf(run);
  if (hasEnded(run) || progress < 0.05) return undefined;
  return (durationMs(run, now) * (1 - progress)) / progress;
}
