import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import type { Context } from "../../context.ts";
import { listDirectoryEntries as readEntries } from "../../store/directory.ts";

export function listDirectoryEntries({
  database,
}: Pick<Context, "database">): ServiceImpl<typeof TrackingService>["listDirectoryEntries"] {
  return async ({ assetIds }) => ({
    entries: (await readEntries(database.sql, assetIds)).map(({ assetId, version, isDeleted, appliedAt }) => ({
      assetId,
      version: BigInt(version),
      deleted: isDeleted,
      appliedAt: timestampFromDate(appliedAt),
    })),
  });
}
