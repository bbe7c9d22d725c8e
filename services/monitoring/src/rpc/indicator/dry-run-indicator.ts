import { create, fromBinary } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { type AssetFacts, AssetFactsSchema, Availability } from "@dozor/proto/tracking/v1/facts";
import { invalidArgument, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { businessDateOf } from "../../domain/business-date.ts";
import { factNeeds } from "../../domain/fact-needs.ts";
import { judge } from "../../domain/judge.ts";
import { isInScope } from "../../domain/scope.ts";
import { evidenceOf } from "../../steps/evidence.ts";
import { termsAt } from "../../steps/judge-chunks.ts";
import { readJudgedAsset } from "../../store/judged-asset.ts";
import { readWatchedAsset } from "../../store/watched-asset.ts";
import { inspectDefinition } from "./inspect-definition.ts";

const results = {
  violated: VerdictResult.VIOLATED,
  clear: VerdictResult.CLEAR,
  unknown: VerdictResult.UNKNOWN,
} as const;

export function dryRunIndicator(
  context: Pick<Context, "database" | "clock" | "config" | "tracking" | "zones">,
): ServiceImpl<typeof IndicatorService>["dryRunIndicator"] {
  const { database, clock, config } = context;
  return async ({ definition, assetId, asOf: asked }, { signal }) => {
    const condition = definition?.condition;
    if (definition === undefined || condition === undefined) throw invalidArgument("the condition is missing");
    const asset = await readJudgedAsset(database.sql, assetId);
    const watched = await readWatchedAsset(database.sql, assetId);
    if (asset === undefined || watched === undefined) throw notFound("asset", assetId);
    const asOf = asked === undefined ? clock.now() : timestampDate(asked);
    const facts = factNeeds(condition) === undefined ? undefined : await factsNow(context, assetId, asOf, signal);
    const judgement = judge(condition, { asOfMs: asOf.getTime(), terms: termsAt(asset, config.timeZone), facts });
    const { zoneNames } = await inspectDefinition(context, definition, signal);
    const snapshot = fromBinary(AssetSnapshotSchema, watched.payload);
    return {
      verdict: {
        businessDate: businessDateOf(asOf, config.timeZone),
        assetId,
        result: results[judgement.result],
        unknownReason: judgement.result === "unknown" ? judgement.reason : "",
        evidence: evidenceOf({ asOf, condition, zoneNames, snapshot, facts, judgement }),
      },
      watched: watched.watched,
      inScope: isInScope(watched.scope, definition.scope),
    };
  };
}

/** An asset that tracking has not heard of yet is answered as in a run. */
async function factsNow(
  { tracking }: Pick<Context, "tracking">,
  assetId: string,
  asOf: Date,
  signal: AbortSignal,
): Promise<AssetFacts> {
  const unheardOf = create(AssetFactsSchema, { assetId, availability: Availability.UNKNOWN_ASSET });
  try {
    const { facts } = await tracking.getAssetTracking({ assetId, asOf: timestampFromDate(asOf) }, { signal });
    return facts ?? unheardOf;
  } catch (error) {
    if (ConnectError.from(error).code === Code.NotFound) return unheardOf;
    throw error;
  }
}
