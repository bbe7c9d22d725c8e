import { statement, type Tx } from "@dozor/runtime/database";
import type { Entity, EntityHeader, Removal } from "../domain/entities.ts";

/** A column of an entity's own, beside those that all entities share. */
type EntityColumn<E> = {
  name: string;
  type: "uuid" | "text" | "boolean" | "smallint" | "integer" | "date" | "double precision" | "numeric";
  of(entity: E): string | number | boolean | null;
};
export type EntityTable<E extends EntityHeader> = {
  name: E extends Entity ? E["entity"] : string;
  columns: EntityColumn<E>[];
};

export type HashedEntity<E extends EntityHeader> = { entity: E; contentHash: string };

type SharedColumn = { name: string; type: string; of(row: HashedEntity<EntityHeader>): string | boolean };
const sharedColumns: SharedColumn[] = [
  { name: "id", type: "uuid", of: ({ entity }) => entity.id },
  { name: "source", type: "text", of: ({ entity }) => entity.source },
  { name: "external_id", type: "text", of: ({ entity }) => entity.externalId },
  { name: "source_version", type: "text", of: ({ entity }) => entity.sourceVersion },
  { name: "content_hash", type: "bytea", of: ({ contentHash }) => `\\x${contentHash}` },
  { name: "deleted", type: "boolean", of: ({ entity }) => entity.deleted },
  { name: "code", type: "text", of: ({ entity }) => entity.code },
  { name: "description", type: "text", of: ({ entity }) => entity.description },
  { name: "remarks", type: "jsonb", of: ({ entity }) => JSON.stringify(entity.remarks) },
  { name: "raw", type: "jsonb", of: ({ entity }) => JSON.stringify(entity.raw) },
];

/**
 * Inserts or updates entities of one kind, at most one per id, and returns the ids of those that really changed. The rows are
 * in id order so that two writers never wait for each other in a circle.
 */
export async function upsertEntities<E extends EntityHeader>(
  tx: Tx,
  table: EntityTable<E>,
  rows: readonly HashedEntity<E>[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const ordered = rows.toSorted((a, b) => (a.entity.id < b.entity.id ? -1 : 1));
  const values = [
    ...sharedColumns.map((column) => ordered.map((row) => textOf(column.of(row)))),
    ...table.columns.map((column) => ordered.map(({ entity }) => textOf(column.of(entity)))),
  ];
  const changed = await statement(
    `${table.name}.upsert`,
    tx.unsafe<{ id: string }[]>(upsertText(table), values, { prepare: true }),
  );
  return changed.map(({ id }) => id);
}

/** Every value travels as text and is cast by the server, so that a batch is one array per column. */
function upsertText<E extends EntityHeader>({ name, columns }: EntityTable<E>): string {
  const all = [...sharedColumns, ...columns];
  const names = all.map((column) => column.name);
  const updates = names.filter((each) => !["id", "source", "external_id"].includes(each));
  return `
    insert into ${name} as known (${names.join(", ")})
    select ${all.map((column) => `given.${column.name}::${column.type}`).join(", ")}
    from unnest(${all.map((_, index) => `$${index + 1}::text[]`).join(", ")}) as given (${names.join(", ")})
    on conflict (id) do update set
      ${updates.map((column) => `${column} = excluded.${column}`).join(", ")},
      version = known.version + 1,
      updated_at = now()
    where known.content_hash <> excluded.content_hash or known.deleted <> excluded.deleted
    returning id`;
}

/**
 * Marks entities as deleted and keeps what was known of them; one that was never seen becomes an empty, deleted row. Returns the
 * ids of those that changed.
 */
export async function removeEntities<E extends EntityHeader>(
  tx: Tx,
  { name, columns }: EntityTable<E>,
  removals: readonly Removal[],
): Promise<string[]> {
  if (removals.length === 0) return [];
  const ordered = removals.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const required = columns.filter((column) => column.type in emptyValues && !column.name.endsWith("_id"));
  const changed = await statement(
    `${name}.remove`,
    tx.unsafe<{ id: string }[]>(
      `
      insert into ${name} as known (id, source, external_id, source_version, content_hash, deleted, code, description, remarks, raw
        ${required.map((column) => `, ${column.name}`).join("")})
      select given.id::uuid, given.source, given.external_id, given.source_version, '', true, '', '', '[]', '{}'
        ${required.map((column) => `, ${emptyValues[column.type]}`).join("")}
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (id, source, external_id, source_version)
      on conflict (id) do update set
        deleted = true, source_version = excluded.source_version, version = known.version + 1, updated_at = now()
      where not known.deleted
      returning id`,
      [
        ordered.map(({ id }) => id),
        ordered.map(({ source }) => source),
        ordered.map(({ externalId }) => externalId),
        ordered.map(({ sourceVersion }) => sourceVersion),
      ],
      { prepare: true },
    ),
  );
  return changed.map(({ id }) => id);
}

/** Keeps the version that the source gives an unchanged entity now, and answers the ids for which it is a new one. */
export async function noteSourceVersions(
  tx: Tx,
  table: string,
  entities: readonly { id: string; sourceVersion: string }[],
): Promise<string[]> {
  if (entities.length === 0) return [];
  const noted = await statement(
    `${table}.note_version`,
    tx<{ id: string }[]>`
      update ${tx(table)} e set source_version = given.source_version
      from unnest(
        ${entities.map(({ id }) => id)}::uuid[], ${entities.map(({ sourceVersion }) => sourceVersion)}::text[]
      ) as given (id, source_version)
      where e.id = given.id and e.source_version <> given.source_version
      returning e.id`,
  );
  return noted.map(({ id }) => id);
}

const emptyValues: Readonly<Record<string, string>> = { text: "''", boolean: "false", smallint: "0", integer: "0" };

function textOf(value: string | number | boolean | null): string | null {
  return value === null ? null : String(value);
}
