import { fromBinary } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AssetFactsSchema, Availability } from "@dozor/proto/tracking/v1/facts";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { collectFacts } from "../../facts/collect-facts.ts";
import { encodeAssetState } from "../../facts/encode-facts.ts";

export function getAssetTracking(
  context: Pick<Context, "database" | "geography" | "clock" | "healthToleranceMs">,
): ServiceImpl<typeof TrackingService>["getAssetTracking"] {
  return async ({ assetId, asOf }) => {
    const instant = asOf === undefined ? context.clock.now() : timestampDate(asOf);
    const [state] = await collectFacts(context.database.sql, context, {
      assets: [{ assetId, mileageFrom: undefined }],
      asOf: instant,
      regionPosition: true,
      zonePosition: true,
      mileage: true,
      zoneIds: undefined,
    });
    if (state === undefined || state.availability === Availability.UNKNOWN_ASSET) throw notFound("asset", assetId);
    return { facts: fromBinary(AssetFactsSchema, encodeAssetState(state)), asOf: timestampFromDate(instant) };
  };
}
