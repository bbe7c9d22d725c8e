import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import { fixFlaws } from "../domain/fix.ts";
import { isGoodForZones, judgeSpeeds } from "../domain/fix-sanity.ts";
import type { ZoneFix } from "../domain/zone-visits.ts";
import { lastContactsUntil } from "../store/facts.ts";
import { type FixRow, fixesToldUntil } from "../store/fixes.ts";
import type { FixColumns } from "./messages.ts";
import type { SittingFacts } from "./sitting-facts.ts";

/** What was known of some assets at an instant in the past: their sittings, and every fix that could decide about a zone. */
export type FactsThen = { sittings: SittingFacts[]; zoneFixes: Map<string, ZoneFix[]> };

const assetsPerRead = 50;

/**
 * Works out from history what was known at an instant, as if nothing told later existed: speeds are judged anew, because a fix that looked like an
 * outlier then may have been confirmed since. Read in parts, so that memory holds the history of a few assets.
 *
 * @param sittings all sittings of the assets concerned that had begun by then
 */
export async function factsThen(db: Queryable, sittings: readonly SittingFacts[], asOf: Date): Promise<FactsThen> {
  const byAsset = Map.groupBy(sittings, (sitting) => sitting.assetId);
  const assetIds = [...byAsset.keys()];
  const then: FactsThen = { sittings: [], zoneFixes: new Map() };
  for (let from = 0; from < assetIds.length; from += assetsPerRead) {
    const part = assetIds.slice(from, from + assetsPerRead).flatMap((assetId) => byAsset.get(assetId) ?? []);
    await addFactsThen(db, part, asOf, then);
  }
  return then;
}

type JudgedFix = { row: FixRow; isZoneUsable: boolean };

async function addFactsThen(
  db: Queryable,
  sittings: readonly SittingFacts[],
  asOf: Date,
  then: FactsThen,
): Promise<void> {
  const sittingNos = sittings.map((sitting) => sitting.sittingNo);
  const lastContacts = await lastContactsUntil(db, sittingNos, asOf);
  const deviceNos = [...new Set(sittings.map((sitting) => sitting.deviceNo))];
  const told = Map.groupBy(await fixesToldUntil(db, deviceNos, asOf), (fix) => fix.deviceNo);
  const judged = new Map<number, JudgedFix[]>();
  await sliced(told, ([deviceNo, fixes]) => judged.set(deviceNo, judge(fixes)), { label: "judge speeds as of" });
  const deciding: { assetId: string; row: FixRow }[] = [];
  for (const sitting of sittings) {
    const fixes = (judged.get(sitting.deviceNo) ?? []).filter(
      ({ row }) => row.placedAt >= sitting.fromAt && (sitting.toAt === null || row.placedAt < sitting.toAt),
    );
    const usable = fixes.filter((fix) => fix.isZoneUsable);
    then.sittings.push({
      ...sitting,
      lastContactAt: lastContacts.get(sitting.sittingNo),
      regionFix: columnsOf(sitting, fixes.at(-1)),
      zoneFix: columnsOf(sitting, usable.at(-1)),
    });
    for (const { row } of usable) deciding.push({ assetId: sitting.assetId, row });
  }
  deciding.sort((a, b) => byTime(a.row, b.row));
  for (const [assetId, list] of Map.groupBy(deciding, (each) => each.assetId)) {
    then.zoneFixes.set(
      assetId,
      list.map(({ row }) => ({ at: row.at, lat: row.lat, lon: row.lon, accuracyM: row.accuracyM ?? undefined })),
    );
  }
}

/** The plausible ones of one device's fixes, which are in the order of time. */
function judge(fixes: readonly FixRow[]): JudgedFix[] {
  const { areTooFast } = judgeSpeeds({ plausible: undefined, refused: undefined }, fixes);
  return fixes
    .filter((_, index) => areTooFast[index] === false)
    .map((row) => ({
      row,
      isZoneUsable: isGoodForZones({
        ...row,
        accuracyM: row.accuracyM ?? undefined,
        satellites: row.satellites ?? undefined,
      }),
    }));
}

function byTime(a: FixRow, b: FixRow): number {
  return a.at.getTime() - b.at.getTime() || a.deviceNo - b.deviceNo || a.content - b.content;
}

function columnsOf(sitting: SittingFacts, fix: JudgedFix | undefined): FixColumns | undefined {
  if (fix === undefined) return undefined;
  return { ...fix.row, deviceId: sitting.deviceId, flaw: fixFlaws.none };
}
