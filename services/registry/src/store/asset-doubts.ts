import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import type { Queryable } from "@dozor/runtime/database";

// Each gives rows of entity_id, source and evidence, as findings are kept equal to.

/** Of these assets: the VIN is malformed. */
export const invalidVins = (sql: Queryable, assetIds: readonly string[]) => sql`
  select id::text as entity_id, source, jsonb_build_object('vin', vin) as evidence
  from asset
  where id = any(${[...assetIds]}::uuid[]) and not deleted and vin <> '' and remarks @> '[{"rule":"vin_invalid"}]'`;

// Things that carry no VIN at all; a special machine may or may not.
const kindsWithoutVin = [
  NomenclatureKind.SHIP,
  NomenclatureKind.FURNITURE,
  NomenclatureKind.EQUIPMENT,
  NomenclatureKind.OTHER,
];

/** Of these assets: a VIN stands on a thing that has none. */
export const unexpectedVins = (sql: Queryable, assetIds: readonly string[]) => sql`
  select asset.id::text as entity_id, asset.source,
    jsonb_build_object('vin', vin, 'nomenclatureId', nomenclature.id, 'nomenclature', nomenclature.description) as evidence
  from asset join nomenclature on nomenclature.id = asset.nomenclature_id
  where asset.id = any(${[...assetIds]}::uuid[]) and not asset.deleted and vin <> ''
    and not nomenclature.vin_expected and nomenclature.kind = any(${kindsWithoutVin}::smallint[])`;

/**
 * Every asset whose VIN is leased twice at once: on another asset, or under another contract, both contracts active, not ended on the business date, and the
 * asset not returned from them by then.
 */
export const duplicateVins = (sql: Queryable, businessDate: string) => sql`
  with doubled as (
    select vin from asset where vin <> '' and not deleted group by vin having count(*) > 1
    union
    select vin
    from (select asset_id from contract_item group by asset_id having count(*) > 1) as named join asset on asset.id = named.asset_id
    where asset.contract_id is null and vin <> '' and not deleted
  ),
  lease as (
    select asset.id, asset.source, asset.vin, contract.id as contract_id
    from doubled join asset using (vin)
    cross join lateral (
      select asset.contract_id as id where asset.contract_id is not null
      union
      select contract_item.contract_id from contract_item where asset.contract_id is null and contract_item.asset_id = asset.id
    ) as naming
    join contract on contract.id = naming.id
    left join lateral (
      select return_date from contract_item
      where contract_item.contract_id = contract.id and contract_item.asset_id = asset.id order by line_number desc limit 1
    ) as item on true
    where not asset.deleted and not contract.deleted and contract.status = 2
      and (contract.end_date is null or contract.end_date >= ${businessDate}::date)
      and (item.return_date is null or item.return_date > ${businessDate}::date)
  ),
  leased as (
    select vin, jsonb_agg(jsonb_build_object('assetId', id, 'contractId', contract_id) order by id, contract_id) as leases
    from lease group by vin having count(*) > 1
  )
  select distinct lease.id::text as entity_id, lease.source, jsonb_build_object('vin', vin, 'leases', leases) as evidence
  from lease join leased using (vin)`;
