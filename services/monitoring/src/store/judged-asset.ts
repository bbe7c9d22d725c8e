import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { PartyTerms, Terms } from "../domain/judgement.ts";

/** Terms as the columns have them; the handover is still a date. */
export type JudgedAsset = {
  assetId: string;
  version: number;
  handoverDate: string | undefined;
  terms: Omit<Terms, "handoverAtMs">;
};

type JudgedRow = {
  asset_id: string;
  version: number;
  handover_date: string | null;
  tracker_expected: boolean;
  agreed_latitude_deg: number | null;
  agreed_longitude_deg: number | null;
  agreed_radius_km: number | null;
  agreed_region: string;
  planned_mileage_km_per_year: number | null;
  lessee_identity: string | null;
  lessee_found: boolean;
  lessee_states: string[];
  lessor_identity: string | null;
  lessor_found: boolean;
  lessor_states: string[];
};

/** What judging asks of these assets, locked in id order: evidence and task then rest on the version that was judged. */
export async function lockJudgedAssets(tx: Tx, assetIds: readonly string[]): Promise<Map<string, JudgedAsset>> {
  const rows = await statement(
    "asset.lock_judged",
    tx<JudgedRow[]>`
    select asset_id, version, handover_date, tracker_expected, agreed_latitude_deg, agreed_longitude_deg, agreed_radius_km, agreed_region,
      planned_mileage_km_per_year, lessee_identity, lessee_found, lessee_states, lessor_identity, lessor_found, lessor_states
    from asset where asset_id = any(${[...assetIds]}::uuid[]) order by asset_id for no key update`,
  );
  return new Map(rows.map((row) => [row.asset_id, judgedAsset(row)]));
}

/** The same without a lock, of one asset. */
export async function readJudgedAsset(sql: Queryable, assetId: string): Promise<JudgedAsset | undefined> {
  const [row] = await sql<JudgedRow[]>`
    select asset_id, version, handover_date, tracker_expected, agreed_latitude_deg, agreed_longitude_deg, agreed_radius_km, agreed_region,
      planned_mileage_km_per_year, lessee_identity, lessee_found, lessee_states, lessor_identity, lessor_found, lessor_states
    from asset where asset_id = ${assetId}`;
  return row === undefined ? undefined : judgedAsset(row);
}

function judgedAsset(row: JudgedRow): JudgedAsset {
  const hasLocation = row.agreed_latitude_deg !== null && row.agreed_longitude_deg !== null;
  return {
    assetId: row.asset_id,
    version: row.version,
    handoverDate: row.handover_date ?? undefined,
    terms: {
      agreedLocation: hasLocation
        ? {
            latitudeDeg: row.agreed_latitude_deg ?? 0,
            longitudeDeg: row.agreed_longitude_deg ?? 0,
            radiusKm: row.agreed_radius_km ?? undefined,
          }
        : undefined,
      agreedRegion: row.agreed_region,
      plannedMileageKmPerYear: row.planned_mileage_km_per_year ?? undefined,
      trackerExpected: row.tracker_expected,
      lessee: partyTerms(row.lessee_identity, row.lessee_found, row.lessee_states),
      lessor: partyTerms(row.lessor_identity, row.lessor_found, row.lessor_states),
    },
  };
}

function partyTerms(identity: string | null, found: boolean, states: string[]): PartyTerms | undefined {
  return identity === null ? undefined : { identity, found, states };
}

export async function readHandoverDates(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ asset_id: string; handover_date: string }[]>`
    select asset_id, handover_date from asset where asset_id = any(${[...assetIds]}::uuid[]) and handover_date is not null`;
  return new Map(rows.map((row) => [row.asset_id, row.handover_date]));
}
