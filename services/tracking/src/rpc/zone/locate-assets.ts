import type { ServiceImpl } from "@connectrpc/connect";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { decodeCursor } from "@dozor/runtime/cursor";
import { invalidArgument, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { subjectCodesOf } from "../../domain/regions.ts";
import { fixMessage, optionalTimestamp } from "../../facts/messages.ts";
import { getZone } from "../../store/list-zones.ts";
import { locateInSubjects, locateInZone } from "../../store/locate-assets.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { optionalUuid } from "../uuid.ts";

const firstAssetId = "00000000-0000-0000-0000-000000000000";

export function locateAssets({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof ZoneService>["locateAssets"] {
  return async ({ area, pageSize: asked, pageToken }) => {
    const after = optionalUuid("page_token", decodeCursor(pageToken, ["string"])?.[0] ?? firstAssetId);
    const pageSize = pageSizeOf(asked);
    const rows =
      area.case === "zoneId"
        ? await inZone(area.value, after, pageSize + 1)
        : await inRegion(area.value ?? "", after, pageSize + 1);
    const { page, nextPageToken } = pageOf(rows, pageSize, (row) => [row.assetId]);
    const assets = page.map((row) => {
      const since = optionalTimestamp(row.since);
      return { assetId: row.assetId, fix: fixMessage(row), ...(since === undefined ? {} : { since }) };
    });
    return { assets, nextPageToken };
  };

  async function inZone(zoneId: string, after: string, limit: number) {
    if (optionalUuid("zone_id", zoneId) === "" || (await getZone(sql, zoneId)) === undefined)
      throw notFound("zone", zoneId);
    return await locateInZone(sql, zoneId, after, limit);
  }

  async function inRegion(regionCode: string, after: string, limit: number) {
    const codes = subjectCodesOf(regionCode);
    if (codes.length === 0) throw invalidArgument(`region_code ${regionCode} is not a subject or district`);
    return await locateInSubjects(sql, codes, after, limit);
  }
}
