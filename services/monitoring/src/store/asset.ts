import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { PartyTerms, Terms } from "../domain/judgement.ts";
import { jsonRows } from "./json-rows.ts";

/** A snapshot with the columns that rules and lists ask for. Texts of unknown values are empty, other unknown values undefined. */
export type ProjectedAsset = {
  assetId: string;
  version: bigint;
  contentHash: Uint8Array;
  payload: Uint8Array;
  deleted: boolean;
  externalId: string;
  description: string;
  vin: string;
  plate: string;
  kind: string | undefined;
  trackerExpected: boolean;
  contract:
    | {
        id: string;
        number: string;
        status: string;
        deleted: boolean;
        startDate: string | undefined;
        endDate: string | undefined;
        handoverDate: string | undefined;
        returnDate: string | undefined;
        plannedMileageKmPerYear: number | undefined;
      }
    | undefined;
  agreedLocation: Terms["agreedLocation"];
  agreedRegion: string;
  lessee: ProjectedParty | undefined;
  lessor: ProjectedParty | undefined;
  watchReason: string;
  watchRecheckOn: string | undefined;
  watchRuleVersion: number;
};
export type ProjectedParty = PartyTerms & { id: string; name: string };

/** Which of the stored assets are written anew; those not stored yet always are. "damaged": version and hash are the same and something else is not. */
export type Overwriting = "older" | "any" | "damaged";

/**
 * Writes snapshots over what is stored, where it is older unless asked otherwise, and says how many. The ids must differ from each other. Rows
 * are taken in id order, as everywhere, so that two batches cannot wait for each other.
 */
export async function upsertAssets(
  tx: Tx,
  assets: readonly ProjectedAsset[],
  overwriting: Overwriting = "older",
): Promise<number> {
  if (assets.length === 0) return 0;
  const sorted = [...assets].sort((a, b) => (a.assetId < b.assetId ? -1 : 1));
  const result = await statement(
    "asset.upsert",
    tx`
    insert into asset as a (
      asset_id, version, content_hash, payload, deleted, external_id, description, vin, plate, kind, tracker_expected,
      contract_id, contract_number, contract_status, contract_deleted, start_date, end_date, handover_date, return_date,
      agreed_latitude_deg, agreed_longitude_deg, agreed_radius_km, agreed_region, planned_mileage_km_per_year,
      lessee_id, lessee_name, lessee_identity, lessee_found, lessee_states,
      lessor_id, lessor_name, lessor_identity, lessor_found, lessor_states, watch_reason, watch_recheck_on, watch_rule_version
    )
    select
      asset_id, version, decode(content_hash, 'hex'), decode(payload, 'hex'), deleted, external_id, description, vin, plate, kind,
      tracker_expected, contract_id, contract_number, contract_status, contract_deleted, start_date, end_date, handover_date, return_date,
      agreed_latitude_deg, agreed_longitude_deg, agreed_radius_km, agreed_region, planned_mileage_km_per_year,
      lessee_id, lessee_name, lessee_identity, lessee_found, lessee_states,
      lessor_id, lessor_name, lessor_identity, lessor_found, lessor_states, watch_reason, watch_recheck_on, watch_rule_version
    from jsonb_to_recordset(${jsonRows(tx, sorted.map(rowOf))}) as row (
      asset_id uuid, version bigint, content_hash text, payload text, deleted boolean, external_id text, description text, vin text,
      plate text, kind text, tracker_expected boolean, contract_id uuid, contract_number text, contract_status text,
      contract_deleted boolean, start_date date, end_date date, handover_date date, return_date date,
      agreed_latitude_deg double precision, agreed_longitude_deg double precision, agreed_radius_km double precision, agreed_region text,
      planned_mileage_km_per_year double precision,
      lessee_id uuid, lessee_name text, lessee_identity text, lessee_found boolean, lessee_states text[],
      lessor_id uuid, lessor_name text, lessor_identity text, lessor_found boolean, lessor_states text[],
      watch_reason text, watch_recheck_on date, watch_rule_version bigint
    )
    on conflict (asset_id) do update set
      version = excluded.version, content_hash = excluded.content_hash, payload = excluded.payload, applied_at = now(),
      deleted = excluded.deleted, external_id = excluded.external_id, description = excluded.description, vin = excluded.vin,
      plate = excluded.plate, kind = excluded.kind, tracker_expected = excluded.tracker_expected, contract_id = excluded.contract_id,
      contract_number = excluded.contract_number, contract_status = excluded.contract_status,
      contract_deleted = excluded.contract_deleted, start_date = excluded.start_date, end_date = excluded.end_date,
      handover_date = excluded.handover_date, return_date = excluded.return_date,
      agreed_latitude_deg = excluded.agreed_latitude_deg, agreed_longitude_deg = excluded.agreed_longitude_deg,
      agreed_radius_km = excluded.agreed_radius_km, agreed_region = excluded.agreed_region,
      planned_mileage_km_per_year = excluded.planned_mileage_km_per_year,
      lessee_id = excluded.lessee_id, lessee_name = excluded.lessee_name, lessee_identity = excluded.lessee_identity,
      lessee_found = excluded.lessee_found, lessee_states = excluded.lessee_states,
      lessor_id = excluded.lessor_id, lessor_name = excluded.lessor_name, lessor_identity = excluded.lessor_identity,
      lessor_found = excluded.lessor_found, lessor_states = excluded.lessor_states,
      watch_reason = excluded.watch_reason, watch_recheck_on = excluded.watch_recheck_on,
      watch_rule_version = excluded.watch_rule_version
    where ${overwritten(tx, overwriting)}`,
  );
  return result.count;
}

function overwritten(tx: Tx, overwriting: Overwriting) {
  if (overwriting === "any") return tx`true`;
  if (overwriting === "older") return tx`excluded.version > a.version`;
  // Without the columns of the watch rule: they follow the date as well, by a job of their own.
  const said = (row: "a" | "excluded") => tx`(
    ${tx(row)}.payload, ${tx(row)}.deleted, ${tx(row)}.external_id, ${tx(row)}.description, ${tx(row)}.vin, ${tx(row)}.plate, ${tx(row)}.kind,
    ${tx(row)}.tracker_expected, ${tx(row)}.contract_id, ${tx(row)}.contract_number, ${tx(row)}.contract_status, ${tx(row)}.contract_deleted,
    ${tx(row)}.start_date, ${tx(row)}.end_date, ${tx(row)}.handover_date, ${tx(row)}.return_date, ${tx(row)}.agreed_latitude_deg,
    ${tx(row)}.agreed_longitude_deg, ${tx(row)}.agreed_radius_km, ${tx(row)}.agreed_region, ${tx(row)}.planned_mileage_km_per_year,
    ${tx(row)}.lessee_id, ${tx(row)}.lessee_name, ${tx(row)}.lessee_identity, ${tx(row)}.lessee_found, ${tx(row)}.lessee_states,
    ${tx(row)}.lessor_id, ${tx(row)}.lessor_name, ${tx(row)}.lessor_identity, ${tx(row)}.lessor_found, ${tx(row)}.lessor_states
  )`;
  return tx`excluded.version = a.version and excluded.content_hash = a.content_hash and ${said("excluded")} is distinct from ${said("a")}`;
}

function rowOf(asset: ProjectedAsset): Record<string, unknown> {
  const { contract, agreedLocation } = asset;
  return {
    asset_id: asset.assetId,
    version: String(asset.version),
    content_hash: Buffer.from(asset.contentHash).toString("hex"),
    payload: Buffer.from(asset.payload).toString("hex"),
    deleted: asset.deleted,
    external_id: asset.externalId,
    description: asset.description,
    vin: asset.vin,
    plate: asset.plate,
    kind: asset.kind,
    tracker_expected: asset.trackerExpected,
    contract_id: contract?.id,
    contract_number: contract?.number ?? "",
    contract_status: contract?.status,
    contract_deleted: contract?.deleted ?? false,
    start_date: contract?.startDate,
    end_date: contract?.endDate,
    handover_date: contract?.handoverDate,
    return_date: contract?.returnDate,
    agreed_latitude_deg: agreedLocation?.latitudeDeg,
    agreed_longitude_deg: agreedLocation?.longitudeDeg,
    agreed_radius_km: agreedLocation?.radiusKm,
    agreed_region: asset.agreedRegion,
    planned_mileage_km_per_year: contract?.plannedMileageKmPerYear,
    ...partyRow("lessee", asset.lessee),
    ...partyRow("lessor", asset.lessor),
    watch_reason: asset.watchReason,
    watch_recheck_on: asset.watchRecheckOn,
    watch_rule_version: asset.watchRuleVersion,
  };
}

function partyRow(role: "lessee" | "lessor", party: ProjectedParty | undefined): Record<string, unknown> {
  return {
    [`${role}_id`]: party?.id,
    [`${role}_name`]: party?.name ?? "",
    [`${role}_identity`]: party?.identity,
    [`${role}_found`]: party?.found ?? false,
    [`${role}_states`]: party?.states ?? [],
  };
}

/** Snapshots as they came, by asset id. */
export async function readPayloads(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, Uint8Array>> {
  const rows = await sql<{ asset_id: string; payload: Uint8Array }[]>`
    select asset_id, payload from asset where asset_id = any(${[...assetIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.asset_id, row.payload]));
}

export type TaskAsset = { description: string; vin: string; plate: string; contractNumber: string; lesseeName: string };

/** What a list of tasks says of their assets. */
export async function listTaskAssets(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, TaskAsset>> {
  const rows = await sql<(TaskAsset & { assetId: string })[]>`
    select asset_id as "assetId", description, vin, plate, contract_number as "contractNumber", lessee_name as "lesseeName"
    from asset where asset_id = any(${[...assetIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.assetId, row]));
}
