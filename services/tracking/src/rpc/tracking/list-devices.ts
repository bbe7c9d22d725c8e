import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { decodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { listDevices } from "../../store/list-devices.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { optionalUuid } from "../uuid.ts";
import { deviceMessage } from "./device-message.ts";

export function listDevicesRpc({
  database,
}: Pick<Context, "database">): ServiceImpl<typeof TrackingService>["listDevices"] {
  return async (request) => {
    const pageSize = pageSizeOf(request.pageSize);
    const rows = await listDevices(database.sql, {
      provider: request.provider,
      assetId: optionalUuid("asset_id", request.assetId),
      matching: request.matching,
      deviceId: "",
      afterDeviceNo: decodeCursor(request.pageToken, ["number"])?.[0] ?? 0,
      limit: pageSize + 1,
    });
    const { page, nextPageToken } = pageOf(rows, pageSize, (row) => [row.deviceNo]);
    return { devices: page.map(deviceMessage), nextPageToken };
  };
}
