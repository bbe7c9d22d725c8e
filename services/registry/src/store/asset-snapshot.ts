import type { ContractStatus, CounterpartyIdentity, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** Everything a snapshot is made of, one row per asset; null where the other entity has not arrived. */
export type SnapshotSource = {
  assetId: string;
  source: string;
  externalId: string;
  deleted: boolean;
  description: string;
  vin: string;
  plate: string;
  serialNumber: string;
  nomenclature: null | {
    id: string;
    name: string;
    kind: NomenclatureKind;
    vinExpected: boolean;
    trackerExpected: boolean;
  };
  contract: null | {
    id: string;
    number: string;
    status: ContractStatus;
    deleted: boolean;
    startDate: string | null;
    endDate: string | null;
    handoverDate: string | null;
    returnDate: string | null;
    address: string;
    latitudeDeg: number | null;
    longitudeDeg: number | null;
    radiusKm: number | null;
    regionCode: string;
    plannedMileageKmPerYear: number | null;
    overdueDays: number;
    debtAmount: string | null;
  };
  lessee: CounterpartySource | null;
  lessor: CounterpartySource | null;
};
export type CounterpartySource = {
  id: string;
  name: string;
  inn: string;
  ogrn: string;
  identity: CounterpartyIdentity | null;
  focusInn: string | null;
  focusOgrn: string | null;
  statusText: string | null;
  dissolved: boolean | null;
  dissolving: boolean | null;
  reorganizing: boolean | null;
  bankrupting: boolean | null;
  checkedAt: string | null;
};

/**
 * Joins the given assets with what they refer to. The contract of an asset is the one it names; when it names none, the one
 * whose items name the asset: not deleted first, then in force, then the latest.
 */
export async function readSnapshotSources(tx: Tx, assetIds: readonly string[]): Promise<SnapshotSource[]> {
  return await statement(
    "asset_snapshot.read_sources",
    tx<SnapshotSource[]>`
      select
        asset.id as "assetId", asset.source, asset.external_id as "externalId", asset.deleted, asset.description,
        asset.vin, asset.plate, asset.serial_number as "serialNumber",
        case when nomenclature.id is not null then jsonb_build_object(
          'id', nomenclature.id, 'name', nomenclature.description, 'kind', nomenclature.kind,
          'vinExpected', nomenclature.vin_expected, 'trackerExpected', nomenclature.tracker_expected
        ) end as nomenclature,
        case when contract.id is not null then jsonb_build_object(
          'id', contract.id, 'number', contract.number, 'status', contract.status, 'deleted', contract.deleted,
          'startDate', contract.start_date, 'endDate', contract.end_date,
          'handoverDate', coalesce(item.handover_date, contract.start_date), 'returnDate', item.return_date,
          'address', contract.address, 'latitudeDeg', contract.latitude_deg, 'longitudeDeg', contract.longitude_deg,
          'radiusKm', contract.radius_km, 'regionCode', contract.region_code,
          'plannedMileageKmPerYear', contract.planned_mileage_km_per_year,
          'overdueDays', contract.overdue_days, 'debtAmount', contract.debt_amount::text
        ) end as contract,
        ${counterpartyOf(tx, "lessee")} as lessee,
        ${counterpartyOf(tx, "lessor")} as lessor
      from asset
      left join nomenclature on nomenclature.id = asset.nomenclature_id
      left join lateral (
        select naming.id
        from contract_item join contract as naming on naming.id = contract_item.contract_id
        where asset.contract_id is null and contract_item.asset_id = asset.id and not naming.deleted
        order by (naming.status = 2) desc, naming.start_date desc nulls last, naming.id
        limit 1
      ) as naming_contract on true
      left join contract on contract.id = coalesce(asset.contract_id, naming_contract.id)
      left join lateral (
        select handover_date, return_date
        from contract_item
        where contract_item.contract_id = contract.id and contract_item.asset_id = asset.id
        order by line_number desc
        limit 1
      ) as item on true
      left join counterparty as lessee on lessee.id = contract.lessee_id
      left join counterparty_check as lessee_check on lessee_check.counterparty_id = lessee.id
        and lessee_check.asked_inn = lessee.inn and lessee_check.asked_ogrn = lessee.ogrn
      left join counterparty as lessor on lessor.id = contract.lessor_id
      left join counterparty_check as lessor_check on lessor_check.counterparty_id = lessor.id
        and lessor_check.asked_inn = lessor.inn and lessor_check.asked_ogrn = lessor.ogrn
      where asset.id = any(${assetIds}::uuid[])
      order by asset.id`,
  );
}

function counterpartyOf(tx: Tx, role: "lessee" | "lessor") {
  const check = `${role}_check`;
  return tx`
    case when ${tx(role)}.id is not null then jsonb_build_object(
      'id', ${tx(role)}.id, 'name', coalesce(nullif(${tx(role)}.full_name, ''), ${tx(role)}.description),
      'inn', ${tx(role)}.inn, 'ogrn', ${tx(role)}.ogrn,
      'identity', ${tx(check)}.identity, 'focusInn', ${tx(check)}.focus_inn, 'focusOgrn', ${tx(check)}.focus_ogrn,
      'statusText', ${tx(check)}.status_text, 'dissolved', ${tx(check)}.dissolved, 'dissolving', ${tx(check)}.dissolving,
      'reorganizing', ${tx(check)}.reorganizing, 'bankrupting', ${tx(check)}.bankrupting,
      'checkedAt', ${tx(check)}.checked_at
    ) end`;
}

export type KnownSnapshot = { assetId: string; version: number; contentHash: Uint8Array };

export async function readKnownSnapshots(tx: Tx, assetIds: readonly string[]): Promise<Map<string, KnownSnapshot>> {
  const rows = await statement(
    "asset_snapshot.read_known",
    tx<KnownSnapshot[]>`
      select asset_id as "assetId", version, content_hash as "contentHash"
      from asset_snapshot where asset_id = any(${assetIds}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.assetId, row]));
}

export type StoredSnapshot = {
  assetId: string;
  version: number;
  contentHash: Uint8Array;
  payload: Uint8Array;
  changedAt: Date;
  /** Of the message that tells of it. */
  eventId: string;
};

/** Stores newer versions; a version never falls. */
export async function writeSnapshots(tx: Tx, snapshots: readonly StoredSnapshot[]): Promise<void> {
  if (snapshots.length === 0) return;
  await statement(
    "asset_snapshot.write",
    tx`
      insert into asset_snapshot as known (asset_id, version, content_hash, payload, changed_at, event_id)
      select asset_id, version::bigint, decode(content_hash, 'hex'), decode(payload, 'hex'), changed_at::timestamptz, event_id
      from unnest(
        ${snapshots.map(({ assetId }) => assetId)}::uuid[],
        ${snapshots.map(({ version }) => String(version))}::text[],
        ${snapshots.map(({ contentHash }) => Buffer.from(contentHash).toString("hex"))}::text[],
        ${snapshots.map(({ payload }) => Buffer.from(payload).toString("hex"))}::text[],
        ${snapshots.map(({ changedAt }) => changedAt.toISOString())}::text[],
        ${snapshots.map(({ eventId }) => eventId)}::uuid[]
      ) as given (asset_id, version, content_hash, payload, changed_at, event_id)
      on conflict (asset_id) do update set
        version = excluded.version, content_hash = excluded.content_hash, payload = excluded.payload,
        changed_at = excluded.changed_at, event_id = excluded.event_id
      where known.version < excluded.version`,
  );
}

/** Messages as they were published, in asset id order after `afterId`; of one digest range when it is given. */
export async function listSnapshotPayloads(
  sql: Queryable,
  { afterId, range, limit }: { afterId: string; range: number | undefined; limit: number },
): Promise<{ assetId: string; payload: Uint8Array }[]> {
  const [first, last] = range === undefined ? [0, 255] : [range, range];
  return await statement(
    "asset_snapshot.list",
    sql<{ assetId: string; payload: Uint8Array }[]>`
      select asset_id as "assetId", payload from asset_snapshot
      where asset_id > ${afterId} and asset_id between ${boundary(first, "0")} and ${boundary(last, "f")}
      order by asset_id limit ${limit}`,
  );
}

function boundary(firstByte: number, filler: string): string {
  const hex = firstByte.toString(16).padStart(2, "0") + filler.repeat(30);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export type DigestRangeRow = { range: number; assetCount: number; hash: Uint8Array };

/** SHA-256 over "asset_id:version:hex(content_hash)\n" in asset id order, per first byte of the id; empty ranges are left out. */
export async function readDigest(sql: Queryable): Promise<DigestRangeRow[]> {
  return await statement(
    "asset_snapshot.digest",
    sql<DigestRangeRow[]>`
      select
        get_byte(uuid_send(asset_id), 0) as range,
        count(*) as "assetCount",
        sha256(convert_to(string_agg(
          asset_id::text || ':' || version || ':' || encode(content_hash, 'hex') || e'\n', '' order by asset_id
        ), 'UTF8')) as hash
      from asset_snapshot
      group by 1 order by 1`,
  );
}
