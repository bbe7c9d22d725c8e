import type { EntityKind } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement } from "@dozor/runtime/database";

export type SearchHitRow = {
  kind: EntityKind;
  id: string;
  title: string;
  matchedAttribute: string;
  matchedValue: string;
};

/** Words by which an entity is looked for: as typed, and as a VIN and a plate would be stored. */
export type SearchWords = { text: string; vin: string; plate: string };

/**
 * Whole numbers first, then beginnings of names. Every branch is an equality or a prefix on an index of its own, so that the
 * cost does not grow with the tables.
 */
export async function searchEntities(sql: Queryable, words: SearchWords, limit: number): Promise<SearchHitRow[]> {
  const prefix = `${words.text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return await statement(
    "search.entities",
    sql<SearchHitRow[]>`
      select kind, id, title, attribute as "matchedAttribute", value as "matchedValue" from (
        (select 1 as kind, id, description as title, 'vin' as attribute, vin as value, 0 as rank from asset
          where vin <> '' and vin = ${words.vin} and not deleted limit ${limit})
        union all
        (select 1, id, description, 'plate', plate, 0 from asset
          where plate <> '' and plate = ${words.plate} and not deleted limit ${limit})
        union all
        (select 1, id, description, 'serial_number', serial_number, 0 from asset
          where serial_number <> '' and serial_number = ${words.text} and not deleted limit ${limit})
        union all
        (select 2, id, description, 'number', number, 0 from contract
          where lower(number) like ${prefix} and not deleted order by lower(number) limit ${limit})
        union all
        (select 3, id, full_name, 'inn', inn, 0 from counterparty
          where inn <> '' and inn = ${words.text} and not deleted limit ${limit})
        union all
        (select 3, id, full_name, 'ogrn', ogrn, 0 from counterparty
          where ogrn <> '' and ogrn = ${words.text} and not deleted limit ${limit})
        union all
        (select 1, id, description, 'description', description, 1 from asset
          where lower(description) like ${prefix} and not deleted order by lower(description) limit ${limit})
        union all
        (select 3, id, full_name, 'description', description, 1 from counterparty
          where lower(description) like ${prefix} and not deleted order by lower(description) limit ${limit})
        union all
        (select 4, id, description, 'description', description, 1 from contact
          where lower(description) like ${prefix} and not deleted order by lower(description) limit ${limit})
        union all
        (select 5, id, description, 'description', description, 1 from nomenclature
          where lower(description) like ${prefix} and not deleted order by lower(description) limit ${limit})
      ) as hit
      order by rank, title, id limit ${limit}`,
  );
}
