import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement } from "@dozor/runtime/database";
import type { JsonObject } from "../domain/json.ts";

export type AssetDoubt = { assetId: string; rule: "vin_invalid" | "vin_unexpected"; evidence: JsonObject };

// Things that carry no VIN at all; a special machine may or may not.
const kindsWithoutVin = [
  NomenclatureKind.SHIP,
  NomenclatureKind.FURNITURE,
  NomenclatureKind.EQUIPMENT,
  NomenclatureKind.OTHER,
];

/** Assets of these whose VIN is malformed, or stands on a thing that has none. */
export async function readAssetDoubts(sql: Queryable, assetIds: readonly string[]): Promise<AssetDoubt[]> {
  return await statement(
    "asset.read_doubts",
    sql<AssetDoubt[]>`
      select asset.id as "assetId", 'vin_invalid' as rule, jsonb_build_object('vin', vin) as evidence
      from asset
      where id = any(${assetIds}::uuid[]) and not deleted and vin <> '' and remarks @> '[{"rule":"vin_invalid"}]'
      union all
      select asset.id, 'vin_unexpected',
        jsonb_build_object('vin', vin, 'nomenclatureId', nomenclature.id, 'nomenclature', nomenclature.description)
      from asset join nomenclature on nomenclature.id = asset.nomenclature_id
      where asset.id = any(${assetIds}::uuid[]) and not asset.deleted and vin <> ''
        and not nomenclature.vin_expected and nomenclature.kind = any(${kindsWithoutVin}::smallint[])
      order by 1`,
  );
}

export type DuplicateVin = { assetId: string; evidence: JsonObject };

/** Every asset whose VIN is also on another asset, when both are on contracts in force. */
export async function readDuplicateVins(sql: Queryable): Promise<DuplicateVin[]> {
  return await statement(
    "asset.read_duplicate_vins",
    sql<DuplicateVin[]>`
      with doubled as (
        select vin from asset where vin <> '' and not deleted group by vin having count(*) > 1
      ),
      leased as (
        select asset.id, asset.vin
        from doubled join asset using (vin)
        where not asset.deleted and exists (
          select from contract
          where not contract.deleted and contract.status = 2 and (
            contract.id = asset.contract_id or asset.contract_id is null and exists (
              select from contract_item where contract_item.contract_id = contract.id and contract_item.asset_id = asset.id
            )
          )
        )
      )
      select leased.id as "assetId",
        jsonb_build_object('vin', leased.vin, 'assetIds', jsonb_agg(other.id order by other.id)) as evidence
      from leased join leased as other on other.vin = leased.vin
      group by leased.id, leased.vin having count(*) > 1
      order by leased.id limit 10000`,
  );
}
