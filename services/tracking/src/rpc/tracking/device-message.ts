import { create } from "@bufbuild/protobuf";
import { type Device, DeviceSchema, Matching } from "@dozor/proto/tracking/v1/tracking";
import { optionalTimestamp } from "../../facts/messages.ts";
import type { ListedDevice } from "../../store/list-devices.ts";

export function deviceMessage(row: ListedDevice): Device {
  const { deviceId, provider, imei, series, name, vin, plate } = row;
  const installedAt = optionalTimestamp(row.installedAt);
  const removedAt = optionalTimestamp(row.removedAt);
  const lastContactAt = optionalTimestamp(row.lastContactAt);
  return create(DeviceSchema, {
    deviceId,
    provider,
    imei,
    series,
    name,
    vin,
    plate,
    matching: row.matching ?? Matching.NONE,
    assetId: row.assetId ?? "",
    ...(installedAt === undefined ? {} : { installedAt }),
    ...(removedAt === undefined ? {} : { removedAt }),
    ...(lastContactAt === undefined ? {} : { lastContactAt }),
  });
}
