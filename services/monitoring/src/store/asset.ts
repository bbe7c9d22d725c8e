import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { PartyTerms, Terms } from "../domain/judgement.ts";
import type { ScopeSubject } from "../domain/scope.ts";
import type { WatchSubject } from "../domain/watch-rule.ts";
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

/**
 * Writes those snapshots that are newer than what is stored, or not stored yet, and says how many. The ids must differ from each other. Rows
 * are taken in id order, as everywhere, so that two batches cannot wait for each other.
 */
export async function upsertAssets(tx: Tx, assets: readonly ProjectedAsset[]): Promise<number> {
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
    where excluded.version > a.version`,
  );
  return result.count;
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

/** What the watch rule and a scope ask of an asset. */
export type PlannedAsset = {
  assetId: string;
  handoverDate: string | undefined;
  watch: WatchSubject;
  scope: ScopeSubject;
};

type WatchRow = {
  asset_id: string;
  deleted: boolean;
  kind: string | null;
  contract_id: string | null;
  contract_deleted: boolean;
  contract_status: string | null;
  start_date: string | null;
  end_date: string | null;
  return_date: string | null;
  handover_date: string | null;
  lessor_id: string | null;
  lessee_id: string | null;
  agreed_region: string;
};

/** The next assets in id order after one, or from the first. */
export async function listPlannedAssets(
  sql: Queryable,
  after: string | undefined,
  limit: number,
): Promise<PlannedAsset[]> {
  const rows = await statement(
    "asset.list_planned",
    sql<WatchRow[]>`
    select asset_id, deleted, kind, contract_id, contract_deleted, contract_status, start_date, end_date, return_date, handover_date,
      lessor_id, lessee_id, agreed_region
    from asset ${after === undefined ? sql`` : sql`where asset_id > ${after}`}
    order by asset_id limit ${limit}`,
  );
  return rows.map(plannedAsset);
}

/** Assets whose reason may have changed by the passing of days or by a newer rule, locked until the transaction ends. */
export async function lockAssetsToRecheck(
  tx: Tx,
  date: string,
  ruleVersion: number,
  limit: number,
): Promise<PlannedAsset[]> {
  // Two limited questions, each answered by its own index, instead of one condition that reads the whole table when nothing is due.
  const rows = await tx<WatchRow[]>`
    select asset_id, deleted, kind, contract_id, contract_deleted, contract_status, start_date, end_date, return_date, handover_date,
      lessor_id, lessee_id, agreed_region
    from asset where asset_id in (
      (select asset_id from asset where watch_recheck_on <= ${date} order by watch_recheck_on limit ${limit})
      union
      (select asset_id from asset where watch_rule_version < ${ruleVersion} order by watch_rule_version limit ${limit})
    )
    order by asset_id for no key update`;
  return rows.map(plannedAsset);
}

function plannedAsset(row: WatchRow): PlannedAsset {
  return {
    assetId: row.asset_id,
    handoverDate: row.handover_date ?? undefined,
    watch: {
      deleted: row.deleted,
      kind: row.kind ?? undefined,
      contract:
        row.contract_id === null
          ? undefined
          : {
              deleted: row.contract_deleted,
              status: row.contract_status ?? "unspecified",
              startDate: row.start_date ?? undefined,
              endDate: row.end_date ?? undefined,
              returnDate: row.return_date ?? undefined,
            },
    },
    scope: {
      kind: row.kind ?? undefined,
      lessorId: row.lessor_id ?? undefined,
      lesseeId: row.lessee_id ?? undefined,
      agreedRegion: row.agreed_region,
    },
  };
}

export type WatchUpdate = {
  assetId: string;
  watchReason: string;
  watchRecheckOn: string | undefined;
  watchRuleVersion: number;
};

export async function updateWatched(tx: Tx, updates: readonly WatchUpdate[]): Promise<void> {
  const rows = updates.map((each) => ({
    asset_id: each.assetId,
    watch_reason: each.watchReason,
    watch_recheck_on: each.watchRecheckOn,
    watch_rule_version: each.watchRuleVersion,
  }));
  await tx`
    update asset a set watch_reason = row.watch_reason, watch_recheck_on = row.watch_recheck_on, watch_rule_version = row.watch_rule_version
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      asset_id uuid, watch_reason text, watch_recheck_on date, watch_rule_version bigint
    )
    where a.asset_id = row.asset_id`;
}

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

/** Snapshots as they came, by asset id. */
export async function readPayloads(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, Uint8Array>> {
  const rows = await sql<{ asset_id: string; payload: Uint8Array }[]>`
    select asset_id, payload from asset where asset_id = any(${[...assetIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.asset_id, row.payload]));
}

export type WatchedAssetRow = {
  payload: Uint8Array;
  watched: boolean;
  watchReason: string;
  appliedAt: Date;
  scope: ScopeSubject;
};

export async function readWatchedAsset(sql: Queryable, assetId: string): Promise<WatchedAssetRow | undefined> {
  const [row] = await sql<
    (Pick<WatchRow, "kind" | "lessor_id" | "lessee_id" | "agreed_region"> & {
      payload: Uint8Array;
      watched: boolean;
      watch_reason: string;
      applied_at: Date;
    })[]
  >`
    select payload, watched, watch_reason, applied_at, kind, lessor_id, lessee_id, agreed_region from asset where asset_id = ${assetId}`;
  if (row === undefined) return undefined;
  return {
    payload: row.payload,
    watched: row.watched,
    watchReason: row.watch_reason,
    appliedAt: row.applied_at,
    scope: {
      kind: row.kind ?? undefined,
      lessorId: row.lessor_id ?? undefined,
      lesseeId: row.lessee_id ?? undefined,
      agreedRegion: row.agreed_region,
    },
  };
}

/** Count and hash of each range, as registry's GetDigest defines them. */
export async function digestAssets(sql: Queryable): Promise<Map<number, { assetCount: number; hash: Uint8Array }>> {
  const rows = await statement(
    "asset.digest",
    sql<{ range: number; count: number; hash: Uint8Array }[]>`
    select get_byte(uuid_send(asset_id), 0) as range, count(*) as count,
      sha256(string_agg(convert_to(asset_id::text || ':' || version || ':' || encode(content_hash, 'hex') || e'\n', 'UTF8'), ''::bytea order by asset_id)) as hash
    from asset group by 1`,
  );
  return new Map(rows.map((row) => [row.range, { assetCount: row.count, hash: row.hash }]));
}

export async function readHandoverDates(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ asset_id: string; handover_date: string }[]>`
    select asset_id, handover_date from asset where asset_id = any(${[...assetIds]}::uuid[]) and handover_date is not null`;
  return new Map(rows.map((row) => [row.asset_id, row.handover_date]));
}

/** Assets that lockAssetsToRecheck would find, counted up to a limit. */
export async function countAssetsToRecheck(
  sql: Queryable,
  date: string,
  ruleVersion: number,
  limit: number,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from (
      (select asset_id from asset where watch_recheck_on <= ${date} order by watch_recheck_on limit ${limit})
      union all
      (select asset_id from asset where watch_rule_version < ${ruleVersion} order by watch_rule_version limit ${limit})
    ) due`;
  return row?.count ?? 0;
}

export type ScopeFilter = {
  kinds: readonly string[];
  lessorIds: readonly string[];
  lesseeIds: readonly string[];
  regionCodes: readonly string[];
};

/** Watched assets that match every filter given. */
export async function countWatchedInScope(sql: Queryable, scope: ScopeFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from asset where watched
      ${scope.kinds.length === 0 ? sql`` : sql`and kind = any(${[...scope.kinds]}::text[])`}
      ${scope.lessorIds.length === 0 ? sql`` : sql`and lessor_id = any(${[...scope.lessorIds]}::uuid[])`}
      ${scope.lesseeIds.length === 0 ? sql`` : sql`and lessee_id = any(${[...scope.lesseeIds]}::uuid[])`}
      ${scope.regionCodes.length === 0 ? sql`` : sql`and agreed_region = any(${[...scope.regionCodes]}::text[])`}`;
  return row?.count ?? 0;
}

export type TaskAsset = { description: string; vin: string; plate: string; contractNumber: string; lesseeName: string };

/** What a list of tasks says of their assets. */
export async function listTaskAssets(sql: Queryable, assetIds: readonly string[]): Promise<Map<string, TaskAsset>> {
  const rows = await sql<(TaskAsset & { assetId: string })[]>`
    select asset_id as "assetId", description, vin, plate, contract_number as "contractNumber", lessee_name as "lesseeName"
    from asset where asset_id = any(${[...assetIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.assetId, row]));
}
