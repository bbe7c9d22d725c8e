import { setTimeout as delay } from "node:timers/promises";
import type { Tx } from "@dozor/runtime/database";
import type { Job, JobRun } from "@dozor/runtime/job";
import { outboxAppend } from "@dozor/runtime/outbox";
import { unitedNeeds } from "../domain/fact-needs.ts";
import { checkMessage } from "../steps/check-request.ts";
import { writeRunEnd } from "../steps/end-run.ts";
import {
  endFailedChunks,
  hasOpenChunks,
  lockOverdueChunks,
  noteSecondAttempt,
  type OpenChunk,
} from "../store/chunk.ts";
import { listOpenRuns, lockRun, type StoredRun } from "../store/run.ts";
import type { DriveContext } from "./drive-context.ts";
import { handoverInstants, planSlice } from "./plan-slice.ts";
import { neededFacts } from "./planned-indicators.ts";

const lookAgainMs = 200;
const overdueChecksMax = 20;

/**
 * Brings every open run to its end: plans what is not planned, asks again for what is overdue, gives up on what stays away, and closes the run when every
 * chunk has ended. Whatever happens to this instance, the next one goes on from the ledger.
 */
export const driveRuns: Job<DriveContext> = {
  name: "drive-runs",
  everyMs: 5_000,
  isDue: async ({ database }) => (await listOpenRuns(database.sql)).length > 0,
  async runOnce(context, jobRun) {
    for (;;) {
      const runs = await listOpenRuns(context.database.sql);
      if (runs.length === 0) return;
      for (const run of runs) await drive(context, jobRun, run);
      await delay(lookAgainMs, undefined, { signal: jobRun.signal });
    }
  },
};

async function drive(context: DriveContext, jobRun: JobRun, run: StoredRun): Promise<void> {
  if (run.state === "planning") {
    while (!(await planSlice(context, jobRun, run.runId))) jobRun.signal.throwIfAborted();
  }
  while (await sweepOverdue(context, jobRun, run)) jobRun.signal.throwIfAborted();
  await closeEnded(context, jobRun, run.runId);
}

/** Half of the deadline after the question it is asked once more, in case the stream lost it; at the deadline it has failed. */
async function sweepOverdue(context: DriveContext, jobRun: JobRun, run: StoredRun): Promise<boolean> {
  return await jobRun.commit("sweep overdue checks", async (tx) => {
    const now = context.clock.now();
    const overdue = await lockOverdueChunks(tx, run.runId, now, overdueChecksMax);
    if (overdue.length === 0) return false;
    const lost = overdue.filter((chunk) => chunk.attempt > 1);
    if (lost.length > 0) {
      const chunkNos = lost.map((chunk) => chunk.chunkNo);
      await endFailedChunks(tx, { runId: run.runId, chunkNos, failure: "timed_out", detail: "", endedAt: now });
      context.log.warn("run.checks_timed_out", { runId: run.runId, chunkCount: lost.length });
    }
    const again = overdue.filter((chunk) => chunk.attempt === 1);
    const deadlineAt = new Date(now.getTime() + context.config.checkDeadlineMs / 2);
    const byCheck = Map.groupBy(again, (chunk) => chunk.checkId ?? "");
    for (const [checkId, chunks] of byCheck) {
      await outboxAppend(tx, [await askAgain(context, tx, run, checkId, chunks, deadlineAt)]);
    }
    if (again.length > 0) {
      const chunkNos = again.map((chunk) => chunk.chunkNo);
      await noteSecondAttempt(tx, run.runId, chunkNos, deadlineAt);
    }
    return true;
  });
}

async function askAgain(
  context: DriveContext,
  tx: Tx,
  run: StoredRun,
  checkId: string,
  chunks: readonly OpenChunk[],
  deadlineAt: Date,
) {
  const needs = await Promise.all(chunks.map((chunk) => neededFacts(context, tx, chunk)));
  const assetIds = [...new Set(chunks.flatMap((chunk) => chunk.assetIds))].sort();
  const handovers = await handoverInstants(tx, assetIds, context.config.timeZone);
  return checkMessage({
    checkId,
    run,
    indicators: chunks,
    needs: unitedNeeds(needs.filter((each) => each !== undefined)),
    deadlineAt,
    assets: assetIds.map((assetId) => ({ assetId, mileageFromMs: handovers.get(assetId) })),
  });
}

async function closeEnded(context: DriveContext, jobRun: JobRun, runId: string): Promise<void> {
  // Asked outside of a commit first: most looks find something open, and a commit leaves a row behind.
  if (await hasOpenChunks(context.database.sql, runId)) return;
  await jobRun.commit("close run", async (tx) => {
    const run = await lockRun(tx, runId);
    if (run?.state !== "checking" || (await hasOpenChunks(tx, runId))) return;
    await writeRunEnd(tx, run, { state: "completed", endedAt: context.clock.now() });
    context.log.info("run.completed", { runId, businessDate: run.businessDate, chunkCount: run.chunkCount });
  });
}
