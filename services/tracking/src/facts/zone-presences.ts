import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import { replayVisits, type ZoneFix } from "../domain/zone-visits.ts";
import type { Geography } from "../geography/geography.ts";
import { openVisits } from "../store/zone-visits.ts";
import type { Presence } from "./asset-state.ts";

export type ZonePresences = ReadonlyMap<string, readonly Presence[]>;

/**
 * The zones that assets are in: by the stored visits, or replayed for the assets whose visits do not say it.
 *
 * @param zoneIds undefined for all zones in force
 * @param replayed the deciding fixes of the assets that have to be replayed
 */
export async function zonePresences(
  db: Queryable,
  geography: Geography,
  assetIds: readonly string[],
  zoneIds: readonly string[] | undefined,
  replayed: ReadonlyMap<string, readonly ZoneFix[]>,
): Promise<ZonePresences> {
  if (zoneIds !== undefined && zoneIds.length === 0) return new Map();
  const presences = new Map<string, Presence[]>();
  const add = (assetId: string, zoneId: string, zoneVersion: number, since: Date) => {
    const presence = { zoneId, zoneVersion, since };
    presences.set(assetId, [...(presences.get(assetId) ?? []), presence]);
  };
  const stored = assetIds.filter((assetId) => !replayed.has(assetId));
  for (const visit of await openVisits(db, stored, zoneIds))
    add(visit.assetId, visit.zoneId, visit.zoneVersion, visit.enteredAt);
  if (replayed.size === 0) return presences;
  const { zones } = await geography.current(db);
  const wanted = zoneIds === undefined ? undefined : new Set(zoneIds);
  const zonesAt = (lon: number, lat: number) =>
    zones.at(lon, lat).filter((zone) => wanted === undefined || wanted.has(zone.zoneId));
  await sliced(
    replayed,
    ([assetId, fixes]) => {
      for (const visit of replayVisits([], undefined, fixes, zonesAt, (zoneId) => zones.get(zoneId)))
        if (visit.leftAt === undefined) add(assetId, visit.zoneId, visit.zoneVersion, visit.enteredAt);
    },
    { label: "replay zones as of" },
  );
  return presences;
}
