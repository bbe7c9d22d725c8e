import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { TaskState } from "../domain/task-machine.ts";
import { type StoredTask, taskColumns } from "./task.ts";

/** Undefined, or an empty list, filters nothing; an assignee of null means nobody. */
export type TaskFilter = {
  states: readonly TaskState[];
  assignee: string | null | undefined;
  severityMin: number;
  indicatorKey: string;
  regionCode: string;
  lesseeId: string;
  assetId: string;
  query: string;
};
export type TaskPosition = { severity: number; createdAt: string; taskId: string };

/** Tasks under the filter, most severe and oldest first, after a position. */
export async function listFilteredTasks(
  sql: Queryable,
  filter: TaskFilter,
  after: TaskPosition | undefined,
  limit: number,
): Promise<StoredTask[]> {
  return await statement(
    "task.list",
    sql<StoredTask[]>`
    select ${taskColumns(sql)} from task t join asset a using (asset_id)
    where ${matches(sql, filter)} ${stateMatches(sql, filter.states)}
      ${after === undefined ? sql`` : sql`and (-t.severity, t.created_at, t.task_id) > (${-after.severity}::int, ${after.createdAt}::timestamptz, ${after.taskId}::uuid)`}
    order by t.severity desc, t.created_at, t.task_id limit ${limit}`,
  );
}

/** Tasks per state under the filter without its states. */
export async function countFilteredTasks(
  sql: Queryable,
  filter: TaskFilter,
): Promise<{ state: TaskState; count: number }[]> {
  return await statement(
    "task.count",
    sql<{ state: TaskState; count: number }[]>`
    select t.state, count(*) as count from task t join asset a using (asset_id) where ${matches(sql, filter)} group by t.state order by t.state limit 5`,
  );
}

/** The first free task under the filter, locked; those that somebody else is just taking are passed over. */
export async function lockNextFreeTask(tx: Tx, filter: TaskFilter): Promise<StoredTask | undefined> {
  const [row] = await statement(
    "task.lock_next_free",
    tx<StoredTask[]>`
    select ${taskColumns(tx)} from task t join asset a using (asset_id)
    where ${matches(tx, filter)} ${stateMatches(tx, filter.states)} and t.state = 'open'
    order by t.severity desc, t.created_at, t.task_id limit 1 for no key update of t skip locked`,
  );
  return row;
}

/** Other tasks of the asset, newest first. */
export async function listTasksOfAsset(
  sql: Queryable,
  assetId: string,
  exceptTaskId: string,
  limit: number,
): Promise<StoredTask[]> {
  return await sql<StoredTask[]>`
    select ${taskColumns(sql)} from task t where asset_id = ${assetId} and task_id <> ${exceptTaskId}
    order by created_at desc, task_id limit ${limit}`;
}

/** Everything before this transaction is finished: what commits later carries it or a higher one. */
export async function readOldestRunning(sql: Queryable): Promise<string> {
  const [row] = await sql<{ xmin: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`;
  return row?.xmin ?? "0";
}

/** Tasks changed by that transaction or later ones, whatever their state and assignee are now. May repeat what was seen before. */
export async function listChangedTasks(
  sql: Queryable,
  filter: TaskFilter,
  since: string,
  limit: number,
): Promise<{ taskId: string; version: number }[]> {
  return await sql<{ taskId: string; version: number }[]>`
    select t.task_id as "taskId", t.version from task t join asset a using (asset_id)
    where t.changed_in >= ${since}::xid8 and ${matches(sql, { ...filter, assignee: undefined })}
    order by t.changed_in, t.task_id limit ${limit}`;
}

function stateMatches(sql: Queryable, states: readonly TaskState[]) {
  return states.length === 0 ? sql`` : sql`and t.state = any(${[...states]}::text[])`;
}

function matches(sql: Queryable, filter: TaskFilter) {
  const { assignee, severityMin, indicatorKey, regionCode, lesseeId, assetId } = filter;
  return sql`true
    ${assignee === undefined ? sql`` : assignee === null ? sql`and t.assignee is null` : sql`and t.assignee = ${assignee}`}
    ${severityMin === 0 ? sql`` : sql`and t.severity >= ${severityMin}`}
    ${
      indicatorKey === ""
        ? sql``
        : sql`and exists (
            select from task_violation v where v.task_id = t.task_id and v.standing and v.indicator_key = ${indicatorKey}
          )`
    }
    ${regionCode === "" ? sql`` : sql`and t.region_code = ${regionCode}`}
    ${lesseeId === "" ? sql`` : sql`and a.lessee_id::text = ${lesseeId}`}
    ${assetId === "" ? sql`` : sql`and t.asset_id::text = ${assetId}`}
    ${filter.query === "" ? sql`` : queryMatches(sql, filter.query)}`;
}

function queryMatches(sql: Queryable, query: string) {
  const pattern = `%${query.trim().replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`and (
    t.number::text = ${query.trim()} or a.vin ilike ${pattern} or a.plate ilike ${pattern} or a.contract_number ilike ${pattern}
    or a.lessee_name ilike ${pattern}
  )`;
}
