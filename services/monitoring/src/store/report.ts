import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

export type ReportDimension =
  | "total"
  | "lessor"
  | "lessee"
  | "region"
  | "kind"
  | "indicator"
  | "task_state"
  | "assignee"
  | "watch_reason"
  | "task_created_on";
export type ReportRow = {
  key: string;
  assetCount: number;
  watchedAssetCount: number;
  taskCount: number;
  violationCount: number;
};

/**
 * The rows of a dimension with the most tasks, as of now. Counters are read by their index from the top; a row outside of that top can only belong to
 * it by a delta that is not folded yet, so those keys are read as well. This keeps 100,000 lessees as cheap as ten.
 */
export async function listTopRows(sql: Queryable, dimension: ReportDimension, limit: number): Promise<ReportRow[]> {
  return await statement(
    "report.top",
    sql<ReportRow[]>`
    with moved as materialized (
      select key, sum(asset_count) as asset_count, sum(watched_asset_count) as watched_asset_count, sum(task_count) as task_count,
        sum(violation_count) as violation_count
      from report_delta where dimension = ${dimension} group by key
    ),
    top as (
      select key from report_counter where dimension = ${dimension}
      order by task_count desc, asset_count desc, key limit ${limit} + (select count(*) from moved)
    ),
    candidate as (select key from top union select key from moved)
    select c.key,
      (coalesce(r.asset_count, 0) + coalesce(m.asset_count, 0))::bigint as "assetCount",
      (coalesce(r.watched_asset_count, 0) + coalesce(m.watched_asset_count, 0))::bigint as "watchedAssetCount",
      (coalesce(r.task_count, 0) + coalesce(m.task_count, 0))::bigint as "taskCount",
      (coalesce(r.violation_count, 0) + coalesce(m.violation_count, 0))::bigint as "violationCount"
    from candidate c
    left join report_counter r on r.dimension = ${dimension} and r.key = c.key
    left join moved m on m.key = c.key
    where coalesce(r.asset_count, 0) + coalesce(m.asset_count, 0) <> 0
    order by 4 desc, 2 desc, 1 limit ${limit}`,
  );
}

/** How many rows a dimension has. */
export async function countRows(sql: Queryable, dimension: ReportDimension): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with moved as (select key, sum(asset_count) as asset_count from report_delta where dimension = ${dimension} group by key)
    select count(*) as count
    from (select key, asset_count from report_counter where dimension = ${dimension}) r full join moved m using (key)
    where coalesce(r.asset_count, 0) + coalesce(m.asset_count, 0) <> 0`;
  return row?.count ?? 0;
}

/** The same of the day on which the run of a business date ended. */
export async function listTopRowsOfDay(
  sql: Queryable,
  businessDate: string,
  dimension: ReportDimension,
  limit: number,
): Promise<ReportRow[]> {
  return await sql<ReportRow[]>`
    select key, asset_count as "assetCount", watched_asset_count as "watchedAssetCount", task_count as "taskCount",
      violation_count as "violationCount"
    from report_day where business_date = ${businessDate} and dimension = ${dimension}
    order by task_count desc, asset_count desc, key limit ${limit}`;
}

export async function countRowsOfDay(
  sql: Queryable,
  businessDate: string,
  dimension: ReportDimension,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from report_day where business_date = ${businessDate} and dimension = ${dimension}`;
  return row?.count ?? 0;
}

/** Keeps the report as it stands for its business date. */
export async function copyReportDay(tx: Tx, businessDate: string): Promise<void> {
  await tx`delete from report_day where business_date = ${businessDate}`;
  await statement(
    "report.copy_day",
    tx`
    insert into report_day (business_date, dimension, key, asset_count, watched_asset_count, task_count, violation_count)
    select ${businessDate}, dimension, key, asset_count, watched_asset_count, task_count, violation_count from report_now`,
  );
}

/** Adds the oldest deltas to the counters and removes them. Answers how many. Readers see the same sums before and after. */
export async function foldDeltas(tx: Tx, limit: number): Promise<number> {
  const [row] = await statement(
    "report.fold",
    tx<{ folded: number }[]>`
    with oldest as materialized (
      select delta_id from report_delta order by delta_id limit ${limit} for update skip locked
    ),
    gone as (
      delete from report_delta d using oldest where d.delta_id = oldest.delta_id
      returning dimension, key, asset_count, watched_asset_count, task_count, violation_count
    ),
    added as (
      insert into report_counter as c (dimension, key, asset_count, watched_asset_count, task_count, violation_count)
      select dimension, key, sum(asset_count), sum(watched_asset_count), sum(task_count), sum(violation_count)
      from gone group by dimension, key order by dimension, key
      on conflict (dimension, key) do update set asset_count = c.asset_count + excluded.asset_count,
        watched_asset_count = c.watched_asset_count + excluded.watched_asset_count, task_count = c.task_count + excluded.task_count,
        violation_count = c.violation_count + excluded.violation_count
      returning 1
    )
    select (select count(*) from gone) as folded, (select count(*) from added) as changed`,
  );
  await tx`
    delete from report_counter where asset_count = 0 and watched_asset_count = 0 and task_count = 0 and violation_count = 0`;
  return row?.folded ?? 0;
}

/** Names of parties by id, taken from any asset of theirs. */
export async function readPartyNames(
  sql: Queryable,
  role: "lessee" | "lessor",
  ids: readonly string[],
): Promise<Map<string, string>> {
  const id = sql(`${role}_id`);
  const name = sql(`${role}_name`);
  const rows = await sql<{ id: string; name: string }[]>`
    select asked.id, named.name from unnest(${[...ids]}::uuid[]) as asked (id)
    cross join lateral (select ${name} as name from asset where ${id} = asked.id order by asset_id limit 1) named`;
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function readIndicatorNames(sql: Queryable, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ key: string; name: string }[]>`
    select i.key, v.definition ->> 'name' as name from indicator i
    join indicator_version v on v.indicator_id = i.indicator_id and v.version = i.published_version
    where i.key = any(${[...keys]}::text[])`;
  return new Map(rows.map((row) => [row.key, row.name]));
}

export async function readAssigneeNames(sql: Queryable, subjects: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ subject: string; name: string }[]>`
    select distinct on (assignee) assignee as subject, assignee_name as name from task
    where assignee = any(${[...subjects]}::text[]) and state in ('open', 'in_progress', 'snoozed')
    order by assignee, updated_at desc`;
  return new Map(rows.map((row) => [row.subject, row.name]));
}

export type ReportAssetRow = {
  assetId: string;
  externalId: string;
  description: string;
  vin: string;
  plate: string;
  contractNumber: string;
  lesseeName: string;
  watched: boolean;
  watchReason: string;
  taskId: string | null;
};
export type ReportAssetFilter =
  | { by: Exclude<ReportDimension, "task_created_on">; key: string }
  | { by: "task_created_on"; from: string | undefined; to: string };

/** The assets behind a number, in id order. */
export async function listReportAssets(
  sql: Queryable,
  filter: ReportAssetFilter,
  only: { watched: boolean; withTask: boolean },
  after: string | undefined,
  limit: number,
): Promise<ReportAssetRow[]> {
  return await statement(
    "report.assets",
    sql<ReportAssetRow[]>`
    select a.asset_id as "assetId", a.external_id as "externalId", a.description, a.vin, a.plate, a.contract_number as "contractNumber",
      a.lessee_name as "lesseeName", r.watched, r.watch_reason as "watchReason", r.task_id as "taskId"
    from report_asset r join asset a using (asset_id)
    where ${conditionOf(sql, filter)} ${only.watched ? sql`and r.watched` : sql``} ${only.withTask ? sql`and r.task_id is not null` : sql``}
      ${after === undefined ? sql`` : sql`and r.asset_id > ${after}`}
    order by r.asset_id limit ${limit}`,
  );
}

function conditionOf(sql: Queryable, filter: ReportAssetFilter) {
  switch (filter.by) {
    case "total":
      return sql`true`;
    case "indicator":
      return sql`r.task_id is not null and ${filter.key} = any(r.indicator_keys)`;
    case "task_state":
      return sql`r.task_id is not null and r.task_state = ${filter.key}`;
    case "assignee":
      return sql`r.task_id is not null and coalesce(r.assignee, 'none') = ${filter.key}`;
    case "task_created_on":
      return sql`r.task_id is not null and r.task_created_on <= ${filter.to}
        ${filter.from === undefined ? sql`` : sql`and r.task_created_on >= ${filter.from}`}`;
    default:
      return sql`r.${sql(filter.by)} = ${filter.key}`;
  }
}

export async function hasDeltas(sql: Queryable): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`select exists (select from report_delta) as found`;
  return row?.found ?? false;
}
