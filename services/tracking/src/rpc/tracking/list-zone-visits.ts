import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { decodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { type ListedVisit, listZoneVisits } from "../../store/list-zone-visits.ts";
import { intervalOf } from "../interval.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { optionalUuid } from "../uuid.ts";

export function listZoneVisitsRpc({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TrackingService>["listZoneVisits"] {
  return async (request) => {
    const key = decodeCursor(request.pageToken, ["number", "string"]);
    const pageSize = pageSizeOf(request.pageSize);
    const rows = await listZoneVisits(database.sql, {
      assetId: request.assetId,
      ...intervalOf(request, clock),
      after:
        key === undefined ? undefined : { enteredAt: new Date(key[0]), zoneId: optionalUuid("page_token", key[1]) },
      limit: pageSize + 1,
    });
    const keyOf = (row: ListedVisit) => [row.enteredAt.getTime(), row.zoneId];
    const { page, nextPageToken } = pageOf(rows, pageSize, keyOf);
    return {
      visits: page.map(({ zoneId, zoneName, zoneVersion, enteredAt, leftAt }) => ({
        zoneId,
        zoneName,
        zoneVersion: BigInt(zoneVersion),
        enteredAt: timestampFromDate(enteredAt),
        ...(leftAt === null ? {} : { leftAt: timestampFromDate(leftAt) }),
      })),
      nextPageToken,
    };
  };
}
