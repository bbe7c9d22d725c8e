import type { Queryable } from "@dozor/runtime/database";

// What the score of a source is measured by. An entity is one id, whichever of the five tables it is in.

/** Rows of source and entity_count: stored and not deleted, and those of which nothing but refused records is known. */
export const entitiesOfSources = (sql: Queryable) => sql`
  select source, sum(count)::bigint as entity_count from (
    select source, count(*) from asset where not deleted group by source
    union all select source, count(*) from contract where not deleted group by source
    union all select source, count(*) from counterparty where not deleted group by source
    union all select source, count(*) from contact where not deleted group by source
    union all select source, count(*) from nomenclature where not deleted group by source
    union all select source, count(*) from (${refusedEntities(sql)}) as refused where not is_stored group by source
  ) as counted
  group by source`;

/** Rows of source, entity_id and rule for entities with an open refused record. */
export const quarantinedEntities = (sql: Queryable) => sql`
  select source, entity_id, 'quarantined' as rule from (${refusedEntities(sql)}) as refused`;

/** A record that names no id stands for an entity of its own. */
function refusedEntities(sql: Queryable) {
  return sql`
    select refused.source, coalesce(stored.id::text, concat_ws(' ', refused.type, refused.external_id, refused.nameless)) as entity_id,
      stored.id is not null as is_stored
    from (
      select distinct source, type, external_id, case when external_id = '' then id end as nameless from quarantine where state = 1
    ) as refused
    left join lateral (
      select id from asset where asset.source = refused.source and asset.external_id = refused.external_id and not deleted
      union all
      select id from contract where contract.source = refused.source and contract.external_id = refused.external_id and not deleted
      union all
      select id from counterparty
      where counterparty.source = refused.source and counterparty.external_id = refused.external_id and not deleted
      union all
      select id from contact where contact.source = refused.source and contact.external_id = refused.external_id and not deleted
      union all
      select id from nomenclature
      where nomenclature.source = refused.source and nomenclature.external_id = refused.external_id and not deleted
      limit 1
    ) as stored on true`;
}
