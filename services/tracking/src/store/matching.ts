import { statement, type Tx } from "@dozor/runtime/database";
import { matchings } from "../domain/sittings.ts";
import type { TouchedIdentifiers } from "./directory.ts";

/** Serialises whatever changes identifiers of assets or of devices: two changes that do not see each other would miss their match. */
export async function lockMatching(tx: Tx): Promise<void> {
  await statement("matching.lock", tx`select pg_advisory_xact_lock(hashtextextended('tracking matching', 0))`);
}

export async function sittingsNaming(tx: Tx, { vins, plates }: TouchedIdentifiers): Promise<number[]> {
  if (vins.length + plates.length === 0) return [];
  const rows = await statement(
    "sitting.naming",
    tx<{ sitting_no: number }[]>`
      select sitting_no from sitting where vin_norm <> '' and vin_norm = any(${vins}::text[])
      union
      select sitting_no from sitting where plate_norm <> '' and plate_norm = any(${plates}::text[])
    `,
  );
  return rows.map((row) => row.sitting_no);
}

/** An asset whose devices changed, and since when; its zone visits from then on are out of date. */
export type MovedDevice = { assetId: string; fromAt: Date };

/**
 * Decides anew on which asset each of the sittings is: by VIN, else by plate when no asset carries the VIN. Several assets with one identifier are
 * a finding and get nothing. What was assigned by hand stays.
 */
export async function matchSittings(tx: Tx, sittingNos: readonly number[]): Promise<MovedDevice[]> {
  if (sittingNos.length === 0) return [];
  const rows = await statement(
    "sitting.match",
    tx<{ old_asset_id: string | null; asset_id: string | null; from_at: Date }[]>`
      with wanted as (
        select sitting_no, vin_norm, plate_norm, asset_id, matching from sitting
        where sitting_no = any(${sittingNos}::bigint[]) and matching <> ${matchings.byHand}
      ), by_vin as (
        select vin_norm, count(*) as asset_count, (array_agg(asset_id))[1] as asset_id from asset
        where is_matchable and vin_norm <> '' and vin_norm in (select vin_norm from wanted)
        group by vin_norm
      ), by_plate as (
        select plate_norm, count(*) as asset_count, (array_agg(asset_id))[1] as asset_id from asset
        where is_matchable and plate_norm <> '' and plate_norm in (select plate_norm from wanted)
        group by plate_norm
      ), decided as (
        select w.sitting_no, w.asset_id as old_asset_id, w.matching as old_matching,
          case when v.asset_count = 1 then v.asset_id when v.asset_count is null and p.asset_count = 1 then p.asset_id end
            as asset_id,
          case
            when v.asset_count = 1 then ${matchings.vin}::smallint
            when v.asset_count > 1 then ${matchings.ambiguous}::smallint
            when p.asset_count = 1 then ${matchings.plate}::smallint
            when p.asset_count > 1 then ${matchings.ambiguous}::smallint
            else ${matchings.none}::smallint
          end as matching
        from wanted w left join by_vin v using (vin_norm) left join by_plate p using (plate_norm)
      )
      update sitting s set asset_id = d.asset_id, matching = d.matching
      from decided d
      where s.sitting_no = d.sitting_no and (s.asset_id, s.matching) is distinct from (d.asset_id, d.matching)
      returning d.old_asset_id, s.asset_id, s.from_at
    `,
  );
  return rows
    .filter((row) => row.old_asset_id !== row.asset_id)
    .flatMap((row) =>
      [row.old_asset_id, row.asset_id]
        .filter((assetId): assetId is string => assetId !== null)
        .map((assetId) => ({ assetId, fromAt: row.from_at })),
    );
}
