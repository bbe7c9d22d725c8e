import type { Client } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import { reasonOf } from "@dozor/runtime/errors";
import type { Job, JobRun } from "@dozor/runtime/job";
import type { Log } from "@dozor/runtime/log";
import { metrics } from "@dozor/runtime/metrics";
import type { AssetStamp } from "../domain/projection-difference.ts";
import { reconcileJobs } from "../job-names.ts";
import { type ComparedBatch, hasDifference, repairBatch, repairSurplus } from "../steps/repair-projection.ts";
import { digestAssets, readStamps } from "../store/asset-stamps.ts";
import {
  addReconciliationCounts,
  beginReconciliation,
  endReconciliation,
  noteCompared,
  type ReconciliationCounts,
} from "../store/reconciliation.ts";

type ReconcileContext = {
  clock: Clock;
  database: Database;
  log: Log;
  registry: Client<typeof RegistryService>;
  config: { timeZone: string };
};

/**
 * Compares the projection with registry by digests and repairs what differs; from nothing, this rebuilds all of it. At start, so that an instance that lost
 * its stream catches up, and from then on at the given interval.
 */
export function reconcileAssets(everyMs: number): Job<ReconcileContext> {
  return {
    name: reconcileJobs.quick,
    everyMs,
    atStart: true,
    runOnce: (context, run) => reconcile(context, run, false),
  };
}

/** Compares every asset whole, which also finds what was damaged under the right hash. */
export function reconcileAssetsThoroughly(cron: string, timezone: string): Job<ReconcileContext> {
  return { name: reconcileJobs.thorough, cron, timezone, runOnce: (context, run) => reconcile(context, run, true) };
}

async function reconcile(context: ReconcileContext, run: JobRun, thorough: boolean): Promise<void> {
  const { clock, log } = context;
  const id = await run.commit("begin reconciliation", (tx) => beginReconciliation(tx, thorough));
  const end = (error: string) => run.commit("end reconciliation", (tx) => endReconciliation(tx, id, error));
  try {
    const remark = await compareRanges(context, run, { id, thorough });
    const ended = await end(remark);
    if (remark === "") lastSuccess.set({ thorough: String(thorough) }, clock.now().getTime() / 1_000);
    else log.error("projection.not_repaired", new Error(remark), { reconciliationId: id });
    if (ended !== undefined && ended.repaired > 0) log.info("projection.reconciled", { ...ended });
  } catch (error) {
    // The row of a holder that was overtaken is ended by whoever compares next.
    await end(reasonOf(error)).catch(() => undefined);
    throw error;
  }
}

type Comparison = { id: string; thorough: boolean };

/** Answers what could not be repaired, in words; empty when everything was. */
async function compareRanges(context: ReconcileContext, run: JobRun, comparison: Comparison): Promise<string> {
  const { id, thorough } = comparison;
  // Ours first: what comes in between is newer there, and never looks like something that registry does not have.
  const ours = await digestAssets(context.database.sql);
  const digest = await context.registry.getDigest({}, { signal: run.signal, timeoutMs: 60_000 });
  const theirs = new Map(digest.ranges.filter((each) => each.assetCount > 0n).map((each) => [each.range, each]));
  const ranges = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  const differing = ranges.filter((range) => {
    const [own, other] = [ours.get(range), theirs.get(range)];
    return own === undefined || other === undefined || Buffer.compare(own.hash, other.hash) !== 0;
  });
  const assetCount = Number(digest.assetCount);
  await run.commit("note reconciliation", (tx) =>
    noteCompared(tx, id, { rangeCount: ranges.length, differingRangeCount: differing.length, assetCount }),
  );
  const ownCount = [...ours.values()].reduce((sum, own) => sum + own.assetCount, 0);
  const surplusLimit = Math.max(surplusMin, Math.floor(ownCount * surplusShareMax));
  let surplusCount = ranges.reduce((sum, range) => sum + surplusAtLeast(ours.get(range), theirs.get(range)), 0);
  const isRegistryBelieved = surplusCount <= surplusLimit;
  if (isRegistryBelieved) surplusCount = 0;
  for (const range of thorough ? ranges : differing) {
    const surplus = await repairRange(context, run, comparison, range);
    if (!isRegistryBelieved || surplus.size === 0) continue;
    surplusCount += surplus.size;
    if (surplusCount <= surplusLimit)
      await repair(run, comparison, "remove surplus assets", (tx) => repairSurplus(tx, surplus));
  }
  if (surplusCount <= surplusLimit) return "";
  return `registry does not have ${surplusCount} assets or more, and ${surplusLimit} are removed without asking`;
}

// A registry that lost its data must not take ours along.
const surplusShareMax = 0.1;
const surplusMin = 10;

function surplusAtLeast(own: { assetCount: number } | undefined, other: { assetCount: bigint } | undefined): number {
  return Math.max(0, (own?.assetCount ?? 0) - Number(other?.assetCount ?? 0n));
}

/** Answers what registry does not have of the range. */
async function repairRange(
  context: ReconcileContext,
  run: JobRun,
  comparison: Comparison,
  range: number,
): Promise<Map<string, AssetStamp>> {
  const ours = await readStamps(context.database.sql, range);
  const surplus = new Map(ours);
  const stream = context.registry.listAssetSnapshots({ range }, { signal: run.signal, timeoutMs: 600_000 });
  for await (const { snapshots } of stream) {
    for (const { assetId } of snapshots) surplus.delete(assetId);
    const batch: ComparedBatch = { theirs: snapshots, ours, thorough: comparison.thorough };
    if (hasDifference(batch))
      await repair(run, comparison, "repair projection", (tx) => repairBatch(context, tx, batch));
  }
  return surplus;
}

async function repair(
  run: JobRun,
  { id }: Comparison,
  name: string,
  work: (tx: Parameters<Parameters<JobRun["commit"]>[1]>[0]) => Promise<ReconciliationCounts>,
): Promise<void> {
  const counts = await run.commit(name, async (tx) => {
    const found = await work(tx);
    await addReconciliationCounts(tx, id, found);
    return found;
  });
  for (const kind of differenceKinds) differencesCount.inc({ kind }, counts[kind]);
}

const differenceKinds = ["missing", "behind", "ahead", "contradicting", "surplus", "damaged"] as const;
const differencesCount = metrics.counter({
  name: "reconciliation_differences_total",
  help: "Assets that differed from registry, by how",
  labels: ["kind"],
});
const lastSuccess = metrics.gauge({
  name: "reconciliation_last_success_timestamp_seconds",
  help: "When the projection was last compared with registry to the end and everything that differed was repaired",
  labels: ["thorough"],
});
