import { type Queryable, statement } from "@dozor/runtime/database";
import type { Asset } from "../domain/entities.ts";
import type { EntityRow } from "./entity-row.ts";
import type { EntityTable } from "./entity-table.ts";

export const assetTable: EntityTable<Asset> = {
  name: "asset",
  columns: [
    { name: "nomenclature_id", type: "uuid", of: (each) => each.nomenclatureId },
    { name: "contract_id", type: "uuid", of: (each) => each.contractId },
    { name: "vin", type: "text", of: (each) => each.vin },
    { name: "plate", type: "text", of: (each) => each.plate },
    { name: "serial_number", type: "text", of: (each) => each.serialNumber },
    { name: "epts_number", type: "text", of: (each) => each.eptsNumber },
    { name: "manufacture_year", type: "smallint", of: (each) => each.manufactureYear },
  ],
};

export type AssetRow = EntityRow & {
  nomenclatureId: string | null;
  contractId: string | null;
  vin: string;
  plate: string;
  serialNumber: string;
  eptsNumber: string;
  manufactureYear: number;
};

export async function getAsset(sql: Queryable, id: string): Promise<AssetRow | undefined> {
  return (await readAssets(sql, [id]))[0];
}

/** Those of the ids that are known, in id order. */
export async function readAssets(sql: Queryable, ids: readonly string[]): Promise<AssetRow[]> {
  return await statement(
    "asset.read",
    sql<AssetRow[]>`
      select ${columns(sql)} from asset where id = any(${[...ids]}::uuid[]) order by id`,
  );
}

export type AssetFilter = {
  contractId: string;
  nomenclatureId: string;
  source: string;
  externalId: string;
  vin: string;
  plate: string;
  includeDeleted: boolean;
};

/** In id order, after `afterId`. */
export async function listAssets(
  sql: Queryable,
  { contractId, nomenclatureId, source, externalId, vin, plate, includeDeleted }: AssetFilter,
  page: { afterId: string; size: number },
): Promise<AssetRow[]> {
  return await statement(
    "asset.list",
    sql<AssetRow[]>`
      select ${columns(sql)} from asset
      where id > ${page.afterId}
        ${contractId === "" ? sql`` : sql`and contract_id = ${contractId}`}
        ${nomenclatureId === "" ? sql`` : sql`and nomenclature_id = ${nomenclatureId}`}
        ${source === "" ? sql`` : sql`and source = ${source}`}
        ${externalId === "" ? sql`` : sql`and external_id = ${externalId}`}
        ${vin === "" ? sql`` : sql`and vin = ${vin}`}
        ${plate === "" ? sql`` : sql`and plate = ${plate}`}
        ${includeDeleted ? sql`` : sql`and not deleted`}
      order by id limit ${page.size}`,
  );
}

const columns = (sql: Queryable) => sql`
  id, source, external_id as "externalId", version, deleted, code, description, remarks, raw,
  created_at as "createdAt", updated_at as "updatedAt",
  nomenclature_id as "nomenclatureId", contract_id as "contractId", vin, plate, serial_number as "serialNumber",
  epts_number as "eptsNumber", manufacture_year as "manufactureYear"`;
