import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import { EvidenceSchema, VerdictResult, type VerdictSchema } from "@dozor/proto/monitoring/v1/verdict";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { findSlice } from "../../store/chunk.ts";
import { listRunIndicators, type RunIndicator, readRun, type StoredRun } from "../../store/run.ts";
import { listStoredVerdicts } from "../../store/verdict.ts";
import { pageSizeOf } from "../page-size.ts";
import { type SliceVerdict, sliceVerdicts } from "./slice-verdicts.ts";

const results = {
  violated: VerdictResult.VIOLATED,
  clear: VerdictResult.CLEAR,
  unknown: VerdictResult.UNKNOWN,
} as const;
/** A rare result may be found in few slices; the page is then short, and its token goes on. */
const slicesMax = 20;

export function listVerdicts({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof RunService>["listVerdicts"] {
  return async (request) => {
    const run = await readRun(sql, request.runId);
    if (run === undefined) throw notFound("run", request.runId);
    const pageSize = pageSizeOf(request.pageSize);
    const [afterAsset, afterIndicator = ""] = decodeCursor(request.pageToken, ["string", "string"]) ?? [];
    const isWanted = (verdict: SliceVerdict) =>
      (request.assetId === "" || verdict.assetId === request.assetId) &&
      (request.indicatorId === "" || verdict.indicatorId === request.indicatorId) &&
      (request.result === VerdictResult.UNSPECIFIED || results[verdict.result] === request.result) &&
      (afterAsset === undefined ||
        verdict.assetId > afterAsset ||
        (verdict.assetId === afterAsset && verdict.indicatorId > afterIndicator));

    const page: SliceVerdict[] = [];
    const first = await findSlice(sql, run.runId, request.assetId || afterAsset);
    let sliceNo = first ?? run.sliceCount;
    let lastSeen: SliceVerdict | undefined;
    const end = request.assetId === "" ? Math.min(run.sliceCount, sliceNo + slicesMax) : sliceNo + 1;
    for (; sliceNo < end && page.length <= pageSize; sliceNo++) {
      const all = await sliceVerdicts(sql, run.runId, sliceNo);
      page.push(...all.filter(isWanted));
      lastSeen = all.at(-1) ?? lastSeen;
    }
    const isFull = page.length > pageSize;
    const hasMore = isFull || (request.assetId === "" && sliceNo < run.sliceCount);
    const shown = page.slice(0, pageSize);
    const last = isFull ? shown.at(-1) : lastSeen;
    return {
      verdicts: await verdictMessages(sql, run, shown),
      nextPageToken: hasMore && last !== undefined ? encodeCursor([last.assetId, last.indicatorId]) : "",
    };
  };
}

async function verdictMessages(
  sql: Context["database"]["sql"],
  run: StoredRun,
  verdicts: readonly SliceVerdict[],
): Promise<MessageInitShape<typeof VerdictSchema>[]> {
  const indicators = new Map((await listRunIndicators(sql, run.runId)).map((each) => [each.indicatorId, each]));
  const [from, to] = [verdicts[0]?.assetId, verdicts.at(-1)?.assetId];
  const stored =
    from === undefined || to === undefined
      ? []
      : await listStoredVerdicts(sql, run.runId, { from, to }, { withEvidence: true });
  const evidence = new Map(stored.map((each) => [`${each.assetId} ${each.indicatorId}`, each.evidence]));
  return verdicts.map((verdict) =>
    verdictMessage(
      run,
      indicators.get(verdict.indicatorId),
      verdict,
      evidence.get(`${verdict.assetId} ${verdict.indicatorId}`),
    ),
  );
}

function verdictMessage(
  run: StoredRun,
  indicator: RunIndicator | undefined,
  verdict: SliceVerdict,
  evidence: Uint8Array | undefined,
): MessageInitShape<typeof VerdictSchema> {
  return {
    runId: run.runId,
    businessDate: run.businessDate,
    indicatorId: verdict.indicatorId,
    indicatorKey: indicator?.indicatorKey ?? "",
    indicatorVersion: indicator?.indicatorVersion ?? 0,
    assetId: verdict.assetId,
    result: results[verdict.result],
    unknownReason: verdict.reason,
    // Kept for violations; of the others it is known which version of the asset was judged, and as of when.
    evidence:
      evidence === undefined
        ? { asOf: timestampFromDate(run.asOf), assetVersion: BigInt(verdict.assetVersion) }
        : fromBinary(EvidenceSchema, evidence),
  };
}
