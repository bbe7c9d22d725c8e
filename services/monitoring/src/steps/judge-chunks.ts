import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Evidence, EvidenceSchema } from "@dozor/proto/monitoring/v1/verdict";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import type { Clock } from "@dozor/runtime/clock";
import type { Tx } from "@dozor/runtime/database";
import { metrics } from "@dozor/runtime/metrics";
import { yieldNow } from "@dozor/runtime/slices";
import { startOfBusinessDate } from "../domain/business-date.ts";
import { judge } from "../domain/judge.ts";
import type { Judgement, Terms } from "../domain/judgement.ts";
import { type ChunkOutcome, chunkHash } from "../domain/verdict-hash.ts";
import { readPayloads } from "../store/asset.ts";
import { endJudgedChunks, type JudgedChunk, type OpenChunk } from "../store/chunk.ts";
import type { StoredVersion } from "../store/indicator.ts";
import { type JudgedAsset, lockJudgedAssets } from "../store/judged-asset.ts";
import { insertVerdicts, type StoredVerdict } from "../store/verdict.ts";
import { attachViolations, type FoundViolation, type QuietVerdict } from "./attach-violations.ts";
import { evidenceOf } from "./evidence.ts";
import type { IndicatorVersions } from "./indicator-versions.ts";

export type JudgeContext = {
  clock: Clock;
  versions: IndicatorVersions;
  config: { timeZone: string; reopenWithinDays: number };
};
export type JudgedRun = { runId: string; businessDate: string; asOf: Date };

const evaluationsCount = metrics.counter({
  name: "monitoring_indicator_evaluations_total",
  help: "Verdicts given, by indicator and result",
  labels: ["indicator", "result"],
});

type Found = { version: StoredVersion; assetId: string; judgement: Judgement };

/**
 * Judges chunks of one run, which the caller has locked and which share their facts: verdicts, tasks and the end of each chunk are written in the
 * caller's transaction, so that all of it happens exactly once.
 */
export async function judgeChunks(
  context: JudgeContext,
  tx: Tx,
  run: JudgedRun,
  chunks: readonly OpenChunk[],
  facts: ReadonlyMap<string, AssetFacts>,
): Promise<void> {
  const assets = await lockJudgedAssets(tx, [...new Set(chunks.flatMap((chunk) => chunk.assetIds))]);
  const judged: JudgedChunk[] = [];
  const verdicts: StoredVerdict[] = [];
  const violated: Found[] = [];
  const quiet: QuietVerdict[] = [];
  for (const chunk of chunks) {
    const version = await context.versions.get(tx, chunk.indicatorId, chunk.indicatorVersion);
    const outcomes = chunk.assetIds.map((assetId): ChunkOutcome => {
      const subject = {
        asOfMs: run.asOf.getTime(),
        terms: termsOf(context, assets, assetId),
        facts: facts.get(assetId),
      };
      const judgement = judge(conditionOf(version), subject);
      const reason = judgement.result === "unknown" ? judgement.reason : "";
      if (judgement.result === "violated") violated.push({ version, assetId, judgement });
      else quiet.push({ assetId, indicatorId: chunk.indicatorId, isClear: judgement.result === "clear" });
      if (judgement.result === "unknown") {
        verdicts.push({
          assetId,
          indicatorId: chunk.indicatorId,
          result: "unknown",
          unknownReason: reason,
          evidence: undefined,
        });
      }
      return { assetId, result: judgement.result, reason };
    });
    judged.push(judgedChunk(chunk, outcomes, assets));
    countEvaluations(version.key, outcomes);
    await yieldNow();
  }
  const found = await freezeEvidence(context, tx, run, violated, facts);
  for (const { assetId, version, evidence } of found) {
    const bytes = toBinary(EvidenceSchema, evidence);
    verdicts.push({
      assetId,
      indicatorId: version.indicatorId,
      result: "violated",
      unknownReason: "",
      evidence: bytes,
    });
  }
  await insertVerdicts(tx, run.runId, verdicts);
  await endJudgedChunks(tx, judged, context.clock.now());
  await attachViolations(context, tx, run, found, quiet);
}

function conditionOf({ definition, key, version }: StoredVersion) {
  if (definition.condition === undefined)
    throw new Error(`judge by indicator ${key} version ${version}: it has no condition`);
  return definition.condition;
}

function termsOf({ config }: JudgeContext, assets: ReadonlyMap<string, JudgedAsset>, assetId: string): Terms {
  const asset = assets.get(assetId);
  if (asset === undefined) throw new Error(`judge asset ${assetId}: the projection has lost it`);
  return termsAt(asset, config.timeZone);
}

// Handover dates repeat over assets, and a time zone is slow to ask.
const handovers = new Map<string, number>();

/** The terms of an asset with its handover as an instant. */
export function termsAt({ terms, handoverDate }: JudgedAsset, timeZone: string): Terms {
  if (handoverDate === undefined) return { ...terms, handoverAtMs: undefined };
  const key = `${handoverDate} ${timeZone}`;
  const handoverAtMs = handovers.get(key) ?? startOfBusinessDate(handoverDate, timeZone).getTime();
  if (handovers.size > 20_000) handovers.clear();
  handovers.set(key, handoverAtMs);
  return { ...terms, handoverAtMs };
}

function judgedChunk(
  { runId, chunkNo, assetIds }: OpenChunk,
  outcomes: readonly ChunkOutcome[],
  assets: ReadonlyMap<string, JudgedAsset>,
): JudgedChunk {
  const count = (result: string) => outcomes.filter((outcome) => outcome.result === result).length;
  return {
    runId,
    chunkNo,
    counts: {
      planned: outcomes.length,
      violated: count("violated"),
      clear: count("clear"),
      unknown: count("unknown"),
      failed: 0,
    },
    assetVersions: assetIds.map((assetId) => assets.get(assetId)?.version ?? 0),
    hash: chunkHash(outcomes),
  };
}

async function freezeEvidence(
  { clock }: JudgeContext,
  tx: Tx,
  run: JudgedRun,
  violated: readonly Found[],
  facts: ReadonlyMap<string, AssetFacts>,
): Promise<FoundViolation[]> {
  const payloads = await readPayloads(tx, [...new Set(violated.map(({ assetId }) => assetId))]);
  const snapshots = new Map(
    [...payloads].map(([assetId, payload]) => [assetId, fromBinary(AssetSnapshotSchema, payload)]),
  );
  await yieldNow();
  const at = clock.now();
  return violated.map(({ version, assetId, judgement }) => {
    const snapshot = snapshots.get(assetId);
    if (snapshot === undefined) throw new Error(`freeze the evidence of asset ${assetId}: the projection has lost it`);
    const evidence: Evidence = evidenceOf({
      asOf: run.asOf,
      condition: conditionOf(version),
      zoneNames: version.zoneNames,
      snapshot,
      facts: facts.get(assetId),
      judgement,
    });
    return { assetId, version, evidence, regionCode: regionOf(facts.get(assetId)), at };
  });
}

/** Where the asset was: the newest plausible position of any device. */
function regionOf(facts: AssetFacts | undefined): string {
  return (
    facts?.regionPosition?.regionCode ??
    facts?.devices.find((device) => device.lastFix !== undefined)?.lastFix?.regionCode ??
    ""
  );
}

const resultLabels = { violated: "hit", clear: "clear", unknown: "no_data", failed: "error" } as const;

function countEvaluations(indicator: string, outcomes: readonly ChunkOutcome[]): void {
  for (const [result, label] of Object.entries(resultLabels)) {
    const count = outcomes.filter((outcome) => outcome.result === result).length;
    if (count > 0) evaluationsCount.inc({ indicator, result: label }, count);
  }
}
