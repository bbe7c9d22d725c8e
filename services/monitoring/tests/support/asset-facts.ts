import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type AssetFacts,
  AssetFactsSchema,
  Availability,
  type FixSchema,
  FixSource,
} from "@dozor/proto/tracking/v1/facts";
import { omsk } from "./asset-snapshots.ts";
import { overlay } from "./overlay.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export function fixAt(at: Date, change: MessageInitShape<typeof FixSchema> = {}): MessageInitShape<typeof FixSchema> {
  return {
    fixId: "fix",
    deviceId: "x-keeper:1",
    at: timestampFromDate(at),
    receivedAt: timestampFromDate(at),
    ...omsk,
    source: FixSource.GNSS,
    satellites: 9,
    regionCode: "RU-OMS",
    ...change,
  };
}

/** Facts of an asset with one device that was heard, and seen where it should be, an hour before; the change replaces whole fields. */
export function assetFacts(
  assetId: string,
  asOf: Date,
  change: MessageInitShape<typeof AssetFactsSchema> = {},
): AssetFacts {
  const seenAt = new Date(asOf.getTime() - hourMs);
  const fix = fixAt(seenAt);
  const usual: MessageInitShape<typeof AssetFactsSchema> = {
    assetId,
    availability: Availability.OK,
    devicesKnown: true,
    devices: [
      {
        deviceId: "x-keeper:1",
        provider: "x-keeper",
        series: "M",
        installedAt: timestampFromDate(new Date(asOf.getTime() - 100 * dayMs)),
        lastContactAt: timestampFromDate(seenAt),
        lastFix: fix,
        lastZoneFix: fix,
      },
    ],
    regionPosition: fix,
    zonePosition: fix,
    mileage: {
      deviceId: "x-keeper:1",
      firstAt: timestampFromDate(new Date(asOf.getTime() - 100 * dayMs)),
      lastAt: timestampFromDate(seenAt),
      distanceKm: 5_000,
      readingCount: 100,
    },
  };
  return overlay(AssetFactsSchema, usual, change);
}

/** Facts of an asset that nobody has heard for so many days. */
export function silentFacts(assetId: string, asOf: Date, days: number): AssetFacts {
  const at = new Date(asOf.getTime() - days * dayMs);
  const facts = assetFacts(assetId, asOf);
  for (const device of facts.devices) {
    device.lastContactAt = timestampFromDate(at);
    if (device.lastFix !== undefined) device.lastFix.at = timestampFromDate(at);
    if (device.lastZoneFix !== undefined) device.lastZoneFix.at = timestampFromDate(at);
  }
  return facts;
}
