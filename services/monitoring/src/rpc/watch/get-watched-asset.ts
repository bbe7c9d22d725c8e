import { fromBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { WatchService } from "@dozor/proto/monitoring/v1/watch";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { readWatchedAsset } from "../../store/watched-asset.ts";

export function getWatchedAsset({
  database,
}: Pick<Context, "database">): ServiceImpl<typeof WatchService>["getWatchedAsset"] {
  return async ({ assetId }) => {
    const row = await readWatchedAsset(database.sql, assetId);
    if (row === undefined) throw notFound("asset", assetId);
    return {
      asset: fromBinary(AssetSnapshotSchema, row.payload),
      watched: row.watched,
      reason: row.watchReason,
      appliedAt: timestampFromDate(row.appliedAt),
    };
  };
}
