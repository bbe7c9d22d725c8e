import type { Tx } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import { replayVisits, type ZoneFix } from "../domain/zone-visits.ts";
import type { MovedDevice } from "../store/matching.ts";
import { takeQueued } from "../store/visit-queue.ts";
import {
  type AssetFix,
  type AssetVisit,
  deleteVisits,
  lockVisits,
  upsertVisits,
  visitsSince,
  zoneFixes,
} from "../store/zone-visits.ts";
import type { ZoneIndex } from "./zone-index.ts";

/**
 * Brings the zone visits of assets up to date from an instant on: only what happened since then is replayed. The zones must be held by the
 * transaction. What was queued for the same assets is done along with it.
 */
export async function updateVisits(tx: Tx, zones: ZoneIndex, changed: readonly MovedDevice[]): Promise<void> {
  if (changed.length === 0) return;
  await lockVisits(tx);
  const queued = await takeQueued(tx, [...new Set(changed.map((each) => each.assetId))]);
  await replaySince(tx, zones, earliestOf([...changed, ...queued]));
}

/** The same for assets that are queued. */
export async function updateQueuedVisits(tx: Tx, zones: ZoneIndex, assetIds: readonly string[]): Promise<void> {
  await lockVisits(tx);
  await replaySince(tx, zones, earliestOf(await takeQueued(tx, assetIds)));
}

async function replaySince(tx: Tx, zones: ZoneIndex, since: readonly MovedDevice[]): Promise<void> {
  const visits = groupedByAsset(await visitsSince(tx, since));
  if (zones.size === 0 && visits.size === 0) return;
  const fixes = groupedByAsset(await zoneFixes(tx, since));
  const stale: AssetVisit[] = [];
  const fresh: AssetVisit[] = [];
  await sliced(
    since,
    (each) => replayAsset(each, fixes.get(each.assetId) ?? [], visits.get(each.assetId) ?? [], zones, stale, fresh),
    { label: "replay zone visits" },
  );
  await deleteVisits(tx, stale);
  await upsertVisits(tx, fresh);
}

function replayAsset(
  { assetId, fromAt }: MovedDevice,
  fixes: readonly AssetFix[],
  visits: readonly AssetVisit[],
  zones: ZoneIndex,
  stale: AssetVisit[],
  fresh: AssetVisit[],
): void {
  const before = visits.filter((visit) => visit.enteredAt < fromAt).map((visit) => ({ ...visit, leftAt: undefined }));
  const replayed = replayVisits(
    before,
    ...splitFixes(fixes),
    (lon, lat) => zones.at(lon, lat),
    (id) => zones.get(id),
  );
  const known = new Map(visits.map((visit) => [keyOf(visit), visit]));
  for (const visit of replayed) {
    const old = known.get(keyOf(visit));
    known.delete(keyOf(visit));
    const isSame =
      old !== undefined && old.zoneVersion === visit.zoneVersion && old.leftAt?.getTime() === visit.leftAt?.getTime();
    if (!isSame) fresh.push({ ...visit, assetId, leftAt: visit.leftAt ?? null });
  }
  stale.push(...known.values());
}

/** The fix before the others, and the others. */
function splitFixes(fixes: readonly AssetFix[]): [previous: ZoneFix | undefined, fixes: ZoneFix[]] {
  const list = fixes.map(({ at, lat, lon, accuracyM, isBefore }) => ({
    at,
    lat,
    lon,
    accuracyM: accuracyM ?? undefined,
    isBefore,
  }));
  return [list.find((fix) => fix.isBefore), list.filter((fix) => !fix.isBefore)];
}

function keyOf(visit: { zoneId: string; enteredAt: Date }): string {
  return `${visit.zoneId} ${visit.enteredAt.getTime()}`;
}

function earliestOf(changed: readonly MovedDevice[]): MovedDevice[] {
  const earliest = new Map<string, MovedDevice>();
  for (const each of changed) {
    const known = earliest.get(each.assetId);
    if (known === undefined || each.fromAt < known.fromAt) earliest.set(each.assetId, each);
  }
  return [...earliest.values()];
}

function groupedByAsset<T extends { assetId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.assetId);
    if (group === undefined) groups.set(row.assetId, [row]);
    else group.push(row);
  }
  return groups;
}
