import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Fix, FixSchema } from "@dozor/proto/tracking/v1/facts";
import type { NewestRow } from "../store/sitting-state.ts";

export type FixColumns = {
  deviceNo: number;
  deviceId: string;
  at: Date;
  content: number;
  receivedAt: Date;
  lat: number;
  lon: number;
  source: number;
  accuracyM: number | null;
  satellites: number | null;
  flaw: number;
  region: string;
};

/** Names a fix wherever it is told of: who told it, when it was taken, and what it said. */
export function fixIdOf({ deviceNo, at, content }: Pick<FixColumns, "deviceNo" | "at" | "content">): string {
  return `${deviceNo}-${at.getTime().toString(36)}-${content.toString(36)}`;
}

export function fixMessage(fix: FixColumns): Fix {
  return create(FixSchema, {
    fixId: fixIdOf(fix),
    deviceId: fix.deviceId,
    at: timestampFromDate(fix.at),
    receivedAt: timestampFromDate(fix.receivedAt),
    latitudeDeg: fix.lat,
    longitudeDeg: fix.lon,
    source: fix.source,
    flaw: fix.flaw,
    regionCode: fix.region,
    ...(fix.accuracyM === null ? {} : { accuracyM: fix.accuracyM }),
    ...(fix.satellites === null ? {} : { satellites: fix.satellites }),
  });
}

export type Device = { deviceNo: number; deviceId: string };

/** The newest plausible fix of a sitting. */
export function regionFix(device: Device, row: NewestRow): FixColumns | undefined {
  const { fix_at, fix_received_at, fix_content, fix_lat, fix_lon, fix_source } = row;
  // All columns of a fix are null or none but those which a fix may lack.
  if (fix_at === null || fix_received_at === null || fix_content === null || fix_lat === null || fix_lon === null)
    return undefined;
  return {
    ...device,
    at: fix_at,
    receivedAt: fix_received_at,
    content: fix_content,
    lat: fix_lat,
    lon: fix_lon,
    source: fix_source ?? 0,
    accuracyM: row.fix_accuracy_m,
    satellites: row.fix_satellites,
    flaw: 0,
    region: row.fix_region ?? "",
  };
}

/** The newest fix of a sitting that is good enough for zones. */
export function zoneFix(device: Device, row: NewestRow): FixColumns | undefined {
  return regionFix(device, {
    ...row,
    fix_at: row.zone_fix_at,
    fix_received_at: row.zone_fix_received_at,
    fix_content: row.zone_fix_content,
    fix_lat: row.zone_fix_lat,
    fix_lon: row.zone_fix_lon,
    fix_source: row.zone_fix_source,
    fix_accuracy_m: row.zone_fix_accuracy_m,
    fix_satellites: row.zone_fix_satellites,
    fix_region: row.zone_fix_region,
  });
}

export function optionalTimestamp(at: Date | null | undefined): Timestamp | undefined {
  return at === null || at === undefined ? undefined : timestampFromDate(at);
}

/** The newest of fixes; equal times are ordered as everywhere, by device and content. */
export function newestOf(fixes: readonly (FixColumns | undefined)[]): FixColumns | undefined {
  let newest: FixColumns | undefined;
  for (const fix of fixes) if (fix !== undefined && (newest === undefined || isNewer(fix, newest))) newest = fix;
  return newest;
}

function isNewer(a: FixColumns, b: FixColumns): boolean {
  return (a.at.getTime() - b.at.getTime() || a.deviceNo - b.deviceNo || a.content - b.content) > 0;
}
