import type { Queryable } from "@dozor/runtime/database";

// What two sources say of one thing and do not agree about: a finding on each of the records, so that either source can be mended. Each gives rows of
// entity_id, source and evidence. While there is one source only, nothing but the first condition is looked at.

/** One VIN with different plates, or different kinds of nomenclature. What a source does not say contradicts nothing. */
export const assetConflicts = (sql: Queryable) => sql`
  with shared as (
    select vin from asset
    where (select min(source) <> max(source) from asset) and vin <> '' and not deleted
    group by vin having min(source) <> max(source)
  ),
  record as (
    select asset.id, asset.source, vin, plate, coalesce(nomenclature.kind, 0) as kind, jsonb_build_object(
      'assetId', asset.id, 'source', asset.source, 'externalId', asset.external_id, 'plate', plate, 'nomenclature', nomenclature.description
    ) as said
    from shared join asset using (vin) left join nomenclature on nomenclature.id = asset.nomenclature_id
    where not asset.deleted
  )
  select mine.id::text as entity_id, mine.source, jsonb_build_object(
    'vin', mine.vin, 'record', mine.said, 'others', jsonb_agg(other.said order by other.id),
    'differs', array_remove(array[
      case when bool_or(${differs(sql, "plate")}) then 'plate' end,
      case when bool_or(mine.kind <> 0 and other.kind <> 0 and mine.kind <> other.kind) then 'nomenclature' end
    ], null)
  ) as evidence
  from record as mine join record as other on other.vin = mine.vin and other.source <> mine.source
  where ${differs(sql, "plate")} or mine.kind <> 0 and other.kind <> 0 and mine.kind <> other.kind
  group by mine.id, mine.source, mine.vin, mine.said`;

/** One INN with different OGRN or KPP. */
export const counterpartyConflicts = (sql: Queryable) => sql`
  with shared as (
    select inn from counterparty
    where (select min(source) <> max(source) from counterparty) and inn <> '' and not deleted
    group by inn having min(source) <> max(source)
  ),
  record as (
    select id, source, inn, ogrn, kpp, jsonb_build_object(
      'counterpartyId', id, 'source', source, 'externalId', external_id, 'name', description, 'ogrn', ogrn, 'kpp', kpp
    ) as said
    from shared join counterparty using (inn) where not deleted
  )
  select mine.id::text as entity_id, mine.source, jsonb_build_object(
    'inn', mine.inn, 'record', mine.said, 'others', jsonb_agg(other.said order by other.id),
    'differs', array_remove(array[
      case when bool_or(${differs(sql, "ogrn")}) then 'ogrn' end, case when bool_or(${differs(sql, "kpp")}) then 'kpp' end
    ], null)
  ) as evidence
  from record as mine join record as other on other.inn = mine.inn and other.source <> mine.source
  where ${differs(sql, "ogrn")} or ${differs(sql, "kpp")}
  group by mine.id, mine.source, mine.inn, mine.said`;

function differs(sql: Queryable, attribute: "plate" | "ogrn" | "kpp") {
  const [mine, other] = [sql(`mine.${attribute}`), sql(`other.${attribute}`)];
  return sql`(${mine} <> '' and ${other} <> '' and ${mine} <> ${other})`;
}
