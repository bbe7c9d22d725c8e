import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type ZonePresence, ZonePresenceSchema } from "@dozor/proto/tracking/v1/facts";
import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import { replayVisits } from "../domain/zone-visits.ts";
import type { Geography } from "../geography/geography.ts";
import { groupedByAsset, splitFixes } from "../geography/update-visits.ts";
import { queuedAmong } from "../store/visit-queue.ts";
import { openVisits, zoneFixes } from "../store/zone-visits.ts";

export type ZonePresences = ReadonlyMap<string, ZonePresence[]>;

/**
 * The zones that assets are in as of an instant. The stored visits say it for assets of which nothing was told since; for the others, and for those
 * whose visits are out of date, it is worked out from their history.
 *
 * @param late assets of which something was told after the instant
 * @param zoneIds undefined for all zones in force
 */
export async function zonePresences(
  db: Queryable,
  geography: Geography,
  assetIds: readonly string[],
  late: ReadonlySet<string>,
  asOf: Date,
  zoneIds: readonly string[] | undefined,
): Promise<ZonePresences> {
  if (zoneIds !== undefined && zoneIds.length === 0) return new Map();
  const queued = await queuedAmong(db, assetIds);
  const isReplayed = (assetId: string) => late.has(assetId) || queued.has(assetId);
  const presences = new Map<string, ZonePresence[]>();
  const add = (assetId: string, zoneId: string, zoneVersion: number, since: Date) => {
    const presence = create(ZonePresenceSchema, {
      zoneId,
      zoneVersion: BigInt(zoneVersion),
      since: timestampFromDate(since),
    });
    presences.set(assetId, [...(presences.get(assetId) ?? []), presence]);
  };
  const stored = assetIds.filter((assetId) => !isReplayed(assetId));
  for (const visit of await openVisits(db, stored, zoneIds))
    add(visit.assetId, visit.zoneId, visit.zoneVersion, visit.enteredAt);
  await replayAssets(db, geography, assetIds.filter(isReplayed), asOf, zoneIds, add);
  return presences;
}

async function replayAssets(
  db: Queryable,
  geography: Geography,
  assetIds: readonly string[],
  asOf: Date,
  zoneIds: readonly string[] | undefined,
  add: (assetId: string, zoneId: string, zoneVersion: number, since: Date) => void,
): Promise<void> {
  if (assetIds.length === 0) return;
  const { zones } = await geography.current(db);
  const wanted = zoneIds === undefined ? undefined : new Set(zoneIds);
  const isWanted = (zoneId: string) => wanted === undefined || wanted.has(zoneId);
  const zonesAt = (lon: number, lat: number) => zones.at(lon, lat).filter((zone) => isWanted(zone.zoneId));
  const whole = assetIds.map((assetId) => ({ assetId, fromAt: new Date(0) }));
  const fixes = groupedByAsset(await zoneFixes(db, whole, asOf));
  await sliced(
    fixes,
    ([assetId, rows]) => {
      const visits = replayVisits([], ...splitFixes(rows), zonesAt, (zoneId) => zones.get(zoneId));
      for (const visit of visits)
        if (visit.leftAt === undefined) add(assetId, visit.zoneId, visit.zoneVersion, visit.enteredAt);
    },
    { label: "replay zones as of" },
  );
}
