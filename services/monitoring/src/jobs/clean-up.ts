import type { Clock } from "@dozor/runtime/clock";
import type { Job } from "@dozor/runtime/job";
import { addDays, businessDateOf } from "../domain/business-date.ts";
import { dayMs } from "../domain/timestamps.ts";
import { deleteOldRequests } from "../store/request.ts";
import { deleteRunsBefore } from "../store/run.ts";

type CleanUpContext = { clock: Clock; config: { timeZone: string; verdictRetentionDays: number } };

const requestRetentionDays = 30;
const batchSize = 1_000;

/** Removes the verdicts of old runs, whose counts and proof stay, and remembered requests that no client repeats any more. */
export const cleanUp: Job<CleanUpContext> = {
  name: "clean-up",
  everyMs: 6 * 3_600_000,
  async runOnce({ clock, config }, run) {
    const now = clock.now();
    const runsBefore = addDays(businessDateOf(now, config.timeZone), -config.verdictRetentionDays);
    while ((await run.commit("delete old verdicts", (tx) => deleteRunsBefore(tx, runsBefore))) > 0)
      run.signal.throwIfAborted();
    const requestsBefore = new Date(now.getTime() - requestRetentionDays * dayMs);
    while (
      (await run.commit("delete old requests", (tx) => deleteOldRequests(tx, requestsBefore, batchSize))) === batchSize
    ) {
      run.signal.throwIfAborted();
    }
  },
};
