import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Definition, DefinitionSchema } from "@dozor/proto/monitoring/v1/indicator";
import type { Queryable, Tx } from "@dozor/runtime/database";
import { jsonValue } from "./json-rows.ts";

type IndicatorState = "draft" | "published" | "archived";
export type StoredIndicator = {
  indicatorId: string;
  key: string;
  state: IndicatorState;
  version: number;
  draft: Definition;
  publishedVersion: number;
  published: Definition | undefined;
  updatedAt: Date;
  updatedBy: string;
};

type IndicatorRow = Omit<StoredIndicator, "draft" | "published"> & { draft: JsonValue; published: JsonValue | null };

const columns = (sql: Queryable) => sql`
  i.indicator_id as "indicatorId", i.key, i.state, i.version, i.draft, i.published_version as "publishedVersion",
  i.updated_at as "updatedAt", i.updated_by as "updatedBy", v.definition as published`;

export async function listIndicators(sql: Queryable, includeArchived: boolean): Promise<StoredIndicator[]> {
  const rows = await sql<IndicatorRow[]>`
    select ${columns(sql)} from indicator i
    left join indicator_version v on v.indicator_id = i.indicator_id and v.version = i.published_version
    where ${includeArchived} or i.state <> 'archived'
    order by i.key limit 1000`;
  return rows.map(storedIndicator);
}

export async function readIndicator(sql: Queryable, indicatorId: string): Promise<StoredIndicator | undefined> {
  const [row] = await sql<IndicatorRow[]>`
    select ${columns(sql)} from indicator i
    left join indicator_version v on v.indicator_id = i.indicator_id and v.version = i.published_version
    where i.indicator_id = ${indicatorId}`;
  return row === undefined ? undefined : storedIndicator(row);
}

function storedIndicator(row: IndicatorRow): StoredIndicator {
  return {
    ...row,
    draft: fromJson(DefinitionSchema, row.draft),
    published: row.published === null ? undefined : fromJson(DefinitionSchema, row.published),
  };
}

export type NewIndicator = { indicatorId: string; key: string; draft: Definition; at: Date; by: string };

/** False when the key is taken. */
export async function insertIndicator(tx: Tx, { indicatorId, key, draft, at, by }: NewIndicator): Promise<boolean> {
  const result = await tx`
    insert into indicator (indicator_id, key, state, draft, updated_at, updated_by)
    values (${indicatorId}, ${key}, 'draft', ${jsonValue(tx, toJson(DefinitionSchema, draft))}, ${at}, ${by})
    on conflict (key) do nothing`;
  return result.count === 1;
}

type Change = { indicatorId: string; version: number; at: Date; by: string };

/** False when `version` is not the current one. An archived indicator becomes a draft, or published, again. */
export async function updateDraft(
  tx: Tx,
  { indicatorId, version, at, by }: Change,
  draft: Definition,
): Promise<boolean> {
  const result = await tx`
    update indicator set draft = ${jsonValue(tx, toJson(DefinitionSchema, draft))}, version = version + 1,
      state = case when published_version > 0 and state <> 'archived' then 'published' else 'draft' end, updated_at = ${at}, updated_by = ${by}
    where indicator_id = ${indicatorId} and version = ${version}`;
  return result.count === 1;
}

/** Makes the draft the next version, which nothing can change any more. False as above. */
export async function publishDraft(
  tx: Tx,
  { indicatorId, version, at, by }: Change,
  zoneNames: Readonly<Record<string, string>>,
): Promise<boolean> {
  const [row] = await tx<{ next: number }[]>`
    update indicator i set state = 'published', version = version + 1, updated_at = ${at}, updated_by = ${by},
      published_version = 1 + coalesce((select max(v.version) from indicator_version v where v.indicator_id = i.indicator_id), 0)
    where indicator_id = ${indicatorId} and version = ${version}
    returning published_version as next`;
  if (row === undefined) return false;
  await tx`
    insert into indicator_version (indicator_id, version, definition, zone_names, published_at, published_by)
    select indicator_id, published_version, draft, ${jsonValue(tx, zoneNames)}, ${at}, ${by} from indicator where indicator_id = ${indicatorId}`;
  return true;
}

/** False as above. */
export async function archiveIndicator(tx: Tx, { indicatorId, version, at, by }: Change): Promise<boolean> {
  const result = await tx`
    update indicator set state = 'archived', version = version + 1, updated_at = ${at}, updated_by = ${by}
    where indicator_id = ${indicatorId} and version = ${version}`;
  return result.count === 1;
}

export type StoredVersion = {
  indicatorId: string;
  version: number;
  key: string;
  definition: Definition;
  zoneNames: Readonly<Record<string, string>>;
  publishedAt: Date;
  publishedBy: string;
};
type VersionRow = Omit<StoredVersion, "definition"> & { definition: JsonValue };

const versionColumns = (sql: Queryable) => sql`
  v.indicator_id as "indicatorId", v.version, i.key, v.definition, v.zone_names as "zoneNames", v.published_at as "publishedAt",
  v.published_by as "publishedBy"`;

export async function listVersions(sql: Queryable, indicatorId: string): Promise<StoredVersion[]> {
  const rows = await sql<VersionRow[]>`
    select ${versionColumns(sql)} from indicator_version v join indicator i using (indicator_id)
    where v.indicator_id = ${indicatorId} order by v.version desc limit 500`;
  return rows.map(storedVersion);
}

export async function readVersion(
  sql: Queryable,
  indicatorId: string,
  version: number,
): Promise<StoredVersion | undefined> {
  const [row] = await sql<VersionRow[]>`
    select ${versionColumns(sql)} from indicator_version v join indicator i using (indicator_id)
    where v.indicator_id = ${indicatorId} and v.version = ${version}`;
  return row === undefined ? undefined : storedVersion(row);
}

function storedVersion(row: VersionRow): StoredVersion {
  return { ...row, definition: fromJson(DefinitionSchema, row.definition) };
}

export async function countIndicators(sql: Queryable): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*) as count from indicator`;
  return row?.count ?? 0;
}
