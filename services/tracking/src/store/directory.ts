import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** What tracking keeps of an asset. Identifiers are normalised, "" when absent; returnDate is YYYY-MM-DD. */
export type DirectoryEntry = {
  assetId: string;
  version: number;
  vinNorm: string;
  plateNorm: string;
  isDeleted: boolean;
  returnDate: string | undefined;
  source: string;
  /** When it is to carry a tracker, YYYY-MM-DD; both undefined when it is not. */
  trackerExpectedFrom: string | undefined;
  trackerExpectedUntil: string | undefined;
};

/** Identifiers whose matching may have changed. */
export type TouchedIdentifiers = { vins: string[]; plates: string[] };

/**
 * Applies what is newer than what is there, whatever order it comes in.
 *
 * @param businessDate YYYY-MM-DD; what was returned by then carries no device any more
 * @returns how many entries were applied, and the identifiers that appeared, vanished or changed sides
 */
export async function applyDirectoryEntries(
  tx: Tx,
  entries: readonly DirectoryEntry[],
  businessDate: string,
): Promise<{ appliedCount: number; touched: TouchedIdentifiers }> {
  const rows = await statement(
    "asset.apply",
    tx<{ vin: string; plate: string; old_vin: string | null; old_plate: string | null; changed: boolean }[]>`
      with given as (
        select *, not is_deleted and (return_date is null or return_date > ${businessDate}::date) as is_matchable
        from json_to_recordset(${JSON.stringify(entries)}::text::json) as n (
          "assetId" uuid, version bigint, "vinNorm" text, "plateNorm" text, "isDeleted" boolean, "returnDate" date,
          source text, "trackerExpectedFrom" date, "trackerExpectedUntil" date
        ) cross join lateral (
          select n."assetId" as asset_id, n."vinNorm" as vin_norm, n."plateNorm" as plate_norm,
            n."isDeleted" as is_deleted, n."returnDate" as return_date,
            n."trackerExpectedFrom" as tracker_expected_from, n."trackerExpectedUntil" as tracker_expected_until
        ) named
      ), before as (
        select a.* from asset a join given using (asset_id) order by a.asset_id for no key update of a
      ), applied as (
        insert into asset as a (asset_id, version, vin_norm, plate_norm, is_deleted, return_date, is_matchable,
          source, tracker_expected_from, tracker_expected_until)
        select asset_id, version, vin_norm, plate_norm, is_deleted, return_date, is_matchable,
          source, tracker_expected_from, tracker_expected_until
        from given where version > coalesce((select b.version from before b where b.asset_id = given.asset_id), 0)
        order by asset_id
        on conflict (asset_id) do update set version = excluded.version, vin_norm = excluded.vin_norm,
          plate_norm = excluded.plate_norm, is_deleted = excluded.is_deleted, return_date = excluded.return_date,
          is_matchable = excluded.is_matchable, source = excluded.source, tracker_expected_from = excluded.tracker_expected_from,
          tracker_expected_until = excluded.tracker_expected_until, updated_at = now()
        where excluded.version > a.version
        returning a.asset_id, a.vin_norm, a.plate_norm, a.is_matchable
      )
      select n.vin_norm as vin, n.plate_norm as plate, b.vin_norm as old_vin, b.plate_norm as old_plate,
        (n.vin_norm, n.plate_norm, n.is_matchable) is distinct from (b.vin_norm, b.plate_norm, b.is_matchable) as changed
      from applied n left join before b using (asset_id)
    `,
  );
  return { appliedCount: rows.length, touched: identifiersOf(rows.filter((row) => row.changed)) };
}

/** Takes the assets whose return date has come off the matching; undefined when there is none left. */
export async function retireReturnedAssets(
  tx: Tx,
  businessDate: string,
  limit: number,
): Promise<TouchedIdentifiers | undefined> {
  const rows = await statement(
    "asset.retire_returned",
    tx<{ vin: string; plate: string }[]>`
      update asset set is_matchable = false, updated_at = now()
      where asset_id in (
        select asset_id from asset where is_matchable and return_date <= ${businessDate}::date
        order by asset_id limit ${limit} for no key update
      )
      returning vin_norm as vin, plate_norm as plate
    `,
  );
  if (rows.length === 0) return undefined;
  return identifiersOf(rows.map((row) => ({ ...row, old_vin: null, old_plate: null })));
}

function identifiersOf(
  rows: readonly { vin: string; plate: string; old_vin: string | null; old_plate: string | null }[],
): TouchedIdentifiers {
  const set = (values: (string | null)[]) => [...new Set(values.filter((each): each is string => Boolean(each)))];
  return {
    vins: set(rows.flatMap((row) => [row.vin, row.old_vin])),
    plates: set(rows.flatMap((row) => [row.plate, row.old_plate])),
  };
}

export async function assetExists(tx: Tx, assetId: string): Promise<boolean> {
  const rows = await statement("asset.exists", tx`select 1 from asset where asset_id = ${assetId}`);
  return rows.length > 0;
}

/** In id order; those the directory does not know are left out. */
export async function listDirectoryEntries(
  sql: Queryable,
  assetIds: readonly string[],
): Promise<{ assetId: string; version: number; isDeleted: boolean; appliedAt: Date }[]> {
  return await statement(
    "asset.list_entries",
    sql<{ assetId: string; version: number; isDeleted: boolean; appliedAt: Date }[]>`
      select asset_id as "assetId", version, is_deleted as "isDeleted", updated_at as "appliedAt"
      from asset where asset_id = any(${[...assetIds]}::uuid[]) order by asset_id
    `,
  );
}
