import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { principalOf } from "@dozor/runtime/auth";
import { failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { assignDevice } from "../../store/assign-device.ts";
import { assetExists } from "../../store/directory.ts";
import { findDevice, listDevices } from "../../store/list-devices.ts";
import { queueVisits } from "../../store/visit-queue.ts";
import { optionalUuid } from "../uuid.ts";
import { deviceMessage } from "./device-message.ts";

export function assignDeviceRpc({
  database,
  wake,
}: Pick<Context, "database" | "wake">): ServiceImpl<typeof TrackingService>["assignDevice"] {
  return async ({ deviceId, assetId, from, reason }, call) => {
    const actor = principalOf(call).subject;
    optionalUuid("asset_id", assetId);
    await database.transaction("device.assign", async (tx) => {
      const device = await findDevice(tx, deviceId);
      if (device === undefined) throw notFound("device", deviceId);
      if (assetId !== "" && !(await assetExists(tx, assetId))) throw notFound("asset", assetId);
      const moved = await assignDevice(tx, device, {
        assetId: assetId === "" ? undefined : assetId,
        fromAt: from === undefined ? undefined : timestampDate(from),
        actor,
        reason,
      });
      if (moved === undefined) throw failedPrecondition(`device ${deviceId} sits on nothing, say from when on`);
      await queueVisits(tx, moved);
    });
    wake("update-stale-visits");
    const question = { provider: "", assetId: "", matching: 0, deviceId, afterDeviceNo: 0, limit: 1 };
    const [row] = await listDevices(database.sql, question);
    if (row === undefined) throw notFound("device", deviceId);
    return { device: deviceMessage(row) };
  };
}
