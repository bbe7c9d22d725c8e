import type { ServiceImpl } from "@connectrpc/connect";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { decodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { listZones } from "../../store/list-zones.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { optionalUuid } from "../uuid.ts";
import { zoneMessage } from "./zone-message.ts";

export function listZonesRpc({ database }: Pick<Context, "database">): ServiceImpl<typeof ZoneService>["listZones"] {
  return async (request) => {
    const key = decodeCursor(request.pageToken, ["string", "string"]);
    const pageSize = pageSizeOf(request.pageSize);
    const rows = await listZones(database.sql, {
      namePrefix: request.namePrefix,
      origin: request.origin,
      includeArchived: request.includeArchived,
      after: key === undefined ? undefined : { name: key[0], zoneId: optionalUuid("page_token", key[1]) },
      limit: pageSize + 1,
    });
    const { page, nextPageToken } = pageOf(rows, pageSize, (row) => [row.name, row.zoneId]);
    return { zones: page.map((row) => zoneMessage(row, { withGeometry: false })), nextPageToken };
  };
}
