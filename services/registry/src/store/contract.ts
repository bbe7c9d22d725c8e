import type { ContractStatus } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { Contract, ContractItem } from "../domain/entities.ts";
import type { EntityRow } from "./entity-row.ts";
import type { EntityTable } from "./entity-table.ts";

export const contractTable: EntityTable<Contract> = {
  name: "contract",
  columns: [
    { name: "number", type: "text", of: (each) => each.number },
    { name: "signed_date", type: "date", of: (each) => each.signedDate },
    { name: "start_date", type: "date", of: (each) => each.startDate },
    { name: "end_date", type: "date", of: (each) => each.endDate },
    { name: "status", type: "smallint", of: (each) => each.status },
    { name: "lessee_id", type: "uuid", of: (each) => each.lesseeId },
    { name: "lessor_id", type: "uuid", of: (each) => each.lessorId },
    { name: "address", type: "text", of: (each) => each.address },
    { name: "latitude_deg", type: "double precision", of: (each) => each.latitudeDeg },
    { name: "longitude_deg", type: "double precision", of: (each) => each.longitudeDeg },
    { name: "radius_km", type: "double precision", of: (each) => each.radiusKm },
    { name: "region_code", type: "text", of: (each) => each.regionCode },
    { name: "planned_mileage_km_per_year", type: "double precision", of: (each) => each.plannedMileageKmPerYear },
    { name: "debt_amount", type: "numeric", of: (each) => each.debtAmount },
    { name: "overdue_days", type: "integer", of: (each) => each.overdueDays },
  ],
};

/** Replaces the items of the given contracts by what they say now. */
export async function replaceContractItems(tx: Tx, contracts: readonly Contract[]): Promise<void> {
  if (contracts.length === 0) return;
  const ids = contracts.map(({ id }) => id);
  await statement("contract_item.clear", tx`delete from contract_item where contract_id = any(${ids}::uuid[])`);
  const items = contracts.flatMap(({ id, items }) => items.map((item) => ({ contractId: id, ...item })));
  // One contract may have thousands of items, a batch of contracts many more than a statement should carry.
  for (let from = 0; from < items.length; from += itemsPerStatement) {
    const part = items.slice(from, from + itemsPerStatement);
    await statement(
      "contract_item.insert",
      tx`
        insert into contract_item (contract_id, line_number, asset_id, handover_date, return_date)
        select * from unnest(
          ${part.map(({ contractId }) => contractId)}::uuid[],
          ${part.map(({ lineNumber }) => String(lineNumber))}::text[]::integer[],
          ${part.map(({ assetId }) => assetId)}::uuid[],
          ${part.map(({ handoverDate }) => handoverDate)}::text[]::date[],
          ${part.map(({ returnDate }) => returnDate)}::text[]::date[]
        )`,
    );
  }
}
const itemsPerStatement = 1_000;

export type ContractRow = EntityRow & {
  number: string;
  signedDate: string | null;
  startDate: string | null;
  endDate: string | null;
  status: ContractStatus;
  lesseeId: string | null;
  lessorId: string | null;
  address: string;
  latitudeDeg: number | null;
  longitudeDeg: number | null;
  radiusKm: number | null;
  regionCode: string;
  plannedMileageKmPerYear: number | null;
  debtAmount: string | null;
  overdueDays: number;
  items: ContractItem[];
};

export async function getContract(sql: Queryable, id: string): Promise<ContractRow | undefined> {
  return (await readContracts(sql, [id]))[0];
}

/** Those of the ids that are known, in id order. */
export async function readContracts(sql: Queryable, ids: readonly string[]): Promise<ContractRow[]> {
  return await statement(
    "contract.read",
    sql<ContractRow[]>`
      select ${columns(sql)} from contract where id = any(${[...ids]}::uuid[]) order by id`,
  );
}

export type ContractFilter = {
  lesseeId: string;
  lessorId: string;
  status: ContractStatus;
  number: string;
  source: string;
  externalId: string;
  includeDeleted: boolean;
};

/** In id order, after `afterId`. */
export async function listContracts(
  sql: Queryable,
  { lesseeId, lessorId, status, number, source, externalId, includeDeleted }: ContractFilter,
  page: { afterId: string; size: number },
): Promise<ContractRow[]> {
  return await statement(
    "contract.list",
    sql<ContractRow[]>`
      select ${columns(sql)} from contract
      where id > ${page.afterId}
        ${lesseeId === "" ? sql`` : sql`and lessee_id = ${lesseeId}`}
        ${lessorId === "" ? sql`` : sql`and lessor_id = ${lessorId}`}
        ${status === 0 ? sql`` : sql`and status = ${status}`}
        ${number === "" ? sql`` : sql`and lower(number) = lower(${number})`}
        ${source === "" ? sql`` : sql`and source = ${source}`}
        ${externalId === "" ? sql`` : sql`and external_id = ${externalId}`}
        ${includeDeleted ? sql`` : sql`and not deleted`}
      order by id limit ${page.size}`,
  );
}

const columns = (sql: Queryable) => sql`
  id, source, external_id as "externalId", version, deleted, code, description, remarks, raw,
  created_at as "createdAt", updated_at as "updatedAt",
  number, signed_date as "signedDate", start_date as "startDate", end_date as "endDate", status,
  lessee_id as "lesseeId", lessor_id as "lessorId", address, latitude_deg as "latitudeDeg", longitude_deg as "longitudeDeg",
  radius_km as "radiusKm", region_code as "regionCode", planned_mileage_km_per_year as "plannedMileageKmPerYear",
  debt_amount::text as "debtAmount", overdue_days as "overdueDays",
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'lineNumber', line_number, 'assetId', asset_id, 'handoverDate', handover_date, 'returnDate', return_date
    ) order by line_number)
    from contract_item where contract_id = contract.id
  ), '[]') as items`;
