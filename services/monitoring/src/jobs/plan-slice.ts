import type { Queryable, Tx } from "@dozor/runtime/database";
import { failpoint } from "@dozor/runtime/failpoint";
import type { JobRun } from "@dozor/runtime/job";
import { outboxAppend } from "@dozor/runtime/outbox";
import { startOfBusinessDate } from "../domain/business-date.ts";
import { unitedNeeds } from "../domain/fact-needs.ts";
import { isInScope } from "../domain/scope.ts";
import { watchReason } from "../domain/watch-rule.ts";
import { checkMessage } from "../steps/check-request.ts";
import { judgeChunks } from "../steps/judge-chunks.ts";
import { insertChunks, type NewChunk } from "../store/chunk.ts";
import { readHandoverDates } from "../store/judged-asset.ts";
import { lockRun, notePlanProgress, type StoredRun } from "../store/run.ts";
import { readWatchRule } from "../store/watch-rule.ts";
import { listPlannedAssets, type PlannedAsset } from "../store/watched-asset.ts";
import type { DriveContext } from "./drive-context.ts";
import { type PlannedIndicator, plannedIndicators } from "./planned-indicators.ts";

/**
 * Plans the next slice of a run in one commit: up to `chunkSize` watched assets in id order, a chunk for each indicator, and one request for all the facts
 * that the slice needs. Chunks that need no tracker are judged at once. True when the run is planned to its end.
 */
export async function planSlice(context: DriveContext, jobRun: JobRun, runId: string): Promise<boolean> {
  return await jobRun.commit("plan slice", async (tx) => {
    const run = await lockRun(tx, runId);
    if (run?.state !== "planning") return true;
    const slice = await nextSlice(context, tx, run);
    const indicators = slice.assets.length === 0 ? [] : await plannedIndicators(context, tx, runId);
    const chunks = await writeChunks(context, tx, run, slice.assets, indicators);
    await failpoint("run.between_chunk_and_cursor");
    await notePlanProgress(tx, runId, {
      plannedUpTo: slice.upTo,
      assetCount: slice.assets.length,
      chunkCount: chunks.length,
      isDone: slice.isLast,
    });
    return slice.isLast;
  });
}

type Slice = { assets: PlannedAsset[]; upTo: string | undefined; isLast: boolean };

/** The next assets that are watched on the run's business date, whatever the projection says of today. */
async function nextSlice({ config }: DriveContext, tx: Tx, run: StoredRun): Promise<Slice> {
  const rule = await readWatchRule(tx);
  const assets: PlannedAsset[] = [];
  let upTo = run.plannedUpTo ?? undefined;
  for (;;) {
    const page = await listPlannedAssets(tx, upTo, config.chunkSize);
    for (const asset of page) {
      upTo = asset.assetId;
      if (watchReason(asset.watch, rule, run.businessDate) === "watched") assets.push(asset);
      if (assets.length === config.chunkSize) return { assets, upTo, isLast: false };
    }
    if (page.length < config.chunkSize) return { assets, upTo, isLast: true };
  }
}

async function writeChunks(
  context: DriveContext,
  tx: Tx,
  run: StoredRun,
  assets: readonly PlannedAsset[],
  indicators: readonly PlannedIndicator[],
): Promise<NewChunk[]> {
  const checkId = Bun.randomUUIDv7();
  const deadlineAt = new Date(context.clock.now().getTime() + context.config.checkDeadlineMs / 2);
  const chunks: NewChunk[] = [];
  const asked: PlannedIndicator[] = [];
  const askedAssets = new Set<PlannedAsset>();
  for (const indicator of indicators) {
    const inScope = assets.filter((asset) => isInScope(asset.scope, indicator.version.definition.scope));
    if (inScope.length === 0) continue;
    const needsTracker = indicator.needs !== undefined;
    chunks.push({
      runId: run.runId,
      chunkNo: run.chunkCount + chunks.length,
      sliceNo: run.sliceCount,
      indicatorId: indicator.version.indicatorId,
      indicatorVersion: indicator.version.version,
      checkId: needsTracker ? checkId : null,
      assetIds: inScope.map((asset) => asset.assetId),
      state: needsTracker ? "sent" : "planned",
      deadlineAt: needsTracker ? deadlineAt : undefined,
    });
    if (!needsTracker) continue;
    asked.push(indicator);
    for (const asset of inScope) askedAssets.add(asset);
  }
  if (chunks.length > 0) await insertChunks(tx, chunks);
  if (asked.length > 0) {
    const facts = {
      checkId,
      run,
      indicators: asked.map(({ version }) => ({ indicatorId: version.indicatorId, indicatorVersion: version.version })),
      needs: unitedNeeds(asked.map(({ needs }) => needs).filter((needs) => needs !== undefined)),
      deadlineAt: new Date(context.clock.now().getTime() + context.config.checkDeadlineMs),
      assets: assets
        .filter((asset) => askedAssets.has(asset))
        .map(({ assetId, handoverDate }) => ({
          assetId,
          mileageFromMs: instantOf(handoverDate, context.config.timeZone),
        })),
    };
    await outboxAppend(tx, [checkMessage(facts)]);
  }
  const local = chunks.filter((chunk) => chunk.state === "planned").map((chunk) => ({ ...chunk, attempt: 1 }));
  if (local.length > 0) await judgeChunks(context, tx, run, local, new Map());
  return chunks;
}

function instantOf(date: string | undefined, timeZone: string): number | undefined {
  return date === undefined ? undefined : startOfBusinessDate(date, timeZone).getTime();
}

/** From when on readings count as mileage, by asset. */
export async function handoverInstants(
  sql: Queryable,
  assetIds: readonly string[],
  timeZone: string,
): Promise<Map<string, number>> {
  const dates = await readHandoverDates(sql, assetIds);
  return new Map([...dates].map(([assetId, date]) => [assetId, startOfBusinessDate(date, timeZone).getTime()]));
}
