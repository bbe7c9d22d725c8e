import type { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement } from "@dozor/runtime/database";
import type { Nomenclature } from "../domain/entities.ts";
import type { EntityRow } from "./entity-row.ts";
import type { EntityTable } from "./entity-table.ts";

export const nomenclatureTable: EntityTable<Nomenclature> = {
  name: "nomenclature",
  columns: [
    { name: "folder", type: "boolean", of: (each) => each.folder },
    { name: "parent_id", type: "uuid", of: (each) => each.parentId },
    { name: "kind", type: "smallint", of: (each) => each.kind },
    { name: "vin_expected", type: "boolean", of: (each) => each.vinExpected },
    { name: "tracker_expected", type: "boolean", of: (each) => each.trackerExpected },
  ],
};

export type NomenclatureRow = EntityRow & {
  folder: boolean;
  parentId: string | null;
  kind: NomenclatureKind;
  vinExpected: boolean;
  trackerExpected: boolean;
};

export async function getNomenclature(sql: Queryable, id: string): Promise<NomenclatureRow | undefined> {
  return (await readNomenclatureItems(sql, [id]))[0];
}

/** Those of the ids that are known, in id order. */
export async function readNomenclatureItems(sql: Queryable, ids: readonly string[]): Promise<NomenclatureRow[]> {
  return await statement(
    "nomenclature.read",
    sql<NomenclatureRow[]>`
      select ${columns(sql)} from nomenclature where id = any(${[...ids]}::uuid[]) order by id`,
  );
}

export type NomenclatureFilter = { parentId: string; kind: NomenclatureKind; includeDeleted: boolean };

/** In id order, after `afterId`. */
export async function listNomenclature(
  sql: Queryable,
  { parentId, kind, includeDeleted }: NomenclatureFilter,
  page: { afterId: string; size: number },
): Promise<NomenclatureRow[]> {
  return await statement(
    "nomenclature.list",
    sql<NomenclatureRow[]>`
      select ${columns(sql)} from nomenclature
      where id > ${page.afterId}
        ${parentId === "" ? sql`` : sql`and parent_id = ${parentId}`}
        ${kind === 0 ? sql`` : sql`and kind = ${kind}`}
        ${includeDeleted ? sql`` : sql`and not deleted`}
      order by id limit ${page.size}`,
  );
}

const columns = (sql: Queryable) => sql`
  id, source, external_id as "externalId", version, deleted, code, description, remarks, raw,
  created_at as "createdAt", updated_at as "updatedAt",
  folder, parent_id as "parentId", kind, vin_expected as "vinExpected", tracker_expected as "trackerExpected"`;
