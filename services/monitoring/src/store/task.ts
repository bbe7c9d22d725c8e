import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { TaskState } from "../domain/task-machine.ts";
import { jsonRows } from "./json-rows.ts";

type TaskOutcome = "confirmed_risk" | "false_positive" | "not_actionable";
export type StoredTask = {
  taskId: string;
  number: number;
  assetId: string;
  state: TaskState;
  version: number;
  severity: number;
  assignee: string | null;
  assigneeName: string | null;
  snoozedUntil: Date | null;
  outcome: TaskOutcome | null;
  regionCode: string;
  createdAt: Date;
  updatedAt: Date;
};

export const taskColumns = (sql: Queryable) => sql`
  t.task_id as "taskId", t.number, t.asset_id as "assetId", t.state, t.version, t.severity, t.assignee, t.assignee_name as "assigneeName",
  t.snoozed_until as "snoozedUntil", t.outcome, t.region_code as "regionCode", t.created_at as "createdAt", t.updated_at as "updatedAt"`;

export async function readTask(sql: Queryable, taskId: string): Promise<StoredTask | undefined> {
  const [row] = await sql<StoredTask[]>`select ${taskColumns(sql)} from task t where task_id = ${taskId}`;
  return row;
}

export async function lockTask(tx: Tx, taskId: string): Promise<StoredTask | undefined> {
  const [row] = await tx<
    StoredTask[]
  >`select ${taskColumns(tx)} from task t where task_id = ${taskId} for no key update`;
  return row;
}

/** Keeps judging away from the asset until the transaction ends: only then is it certain that no other task of it appears. */
export async function lockAssetOfTask(tx: Tx, assetId: string): Promise<void> {
  await tx`select from asset where asset_id = ${assetId} for no key update`;
}

export async function hasActiveTask(sql: Queryable, assetId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from task where asset_id = ${assetId} and state in ('open', 'in_progress', 'snoozed')) as found`;
  return row?.found ?? false;
}

/** Tasks of these assets that are not ended, locked in asset id order. */
export async function lockActiveTasks(tx: Tx, assetIds: readonly string[]): Promise<StoredTask[]> {
  return await statement(
    "task.lock_active",
    tx<StoredTask[]>`
    select ${taskColumns(tx)} from task t
    where asset_id = any(${[...assetIds]}::uuid[]) and state in ('open', 'in_progress', 'snoozed')
    order by asset_id for no key update`,
  );
}

/** The newest resolved task of each of these assets, resolved since an instant, locked. */
export async function lockResolvedTasks(tx: Tx, assetIds: readonly string[], since: Date): Promise<StoredTask[]> {
  return await tx<StoredTask[]>`
    select ${taskColumns(tx)} from task t
    where asset_id = any(${[...assetIds]}::uuid[]) and state = 'resolved' and updated_at >= ${since}
      and not exists (select from task newer where newer.asset_id = t.asset_id and newer.number > t.number)
    order by asset_id for no key update`;
}

/** Snoozed tasks whose time is over, locked; those that somebody else is changing come next time. */
export async function lockTasksToWake(tx: Tx, now: Date, limit: number): Promise<StoredTask[]> {
  return await tx<StoredTask[]>`
    select ${taskColumns(tx)} from task t where state = 'snoozed' and snoozed_until <= ${now}
    order by asset_id limit ${limit} for no key update skip locked`;
}

export type NewTask = {
  taskId: string;
  assetId: string;
  severity: number;
  regionCode: string;
  createdOn: string;
  createdAt: Date;
};

export async function insertTasks(tx: Tx, tasks: readonly NewTask[]): Promise<void> {
  const rows = tasks.map((task) => ({
    task_id: task.taskId,
    asset_id: task.assetId,
    severity: task.severity,
    region_code: task.regionCode,
    created_on: task.createdOn,
    created_at: task.createdAt.toISOString(),
  }));
  await statement(
    "task.insert",
    tx`
    insert into task (task_id, asset_id, state, severity, region_code, created_on, created_at, updated_at)
    select task_id, asset_id, 'open', severity, region_code, created_on, created_at, created_at
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      task_id uuid, asset_id uuid, severity smallint, region_code text, created_on date, created_at timestamptz
    )
    order by asset_id`,
  );
}

/** What a task is after a change; every field is written. */
export type TaskChange = Pick<
  StoredTask,
  "taskId" | "state" | "severity" | "assignee" | "assigneeName" | "snoozedUntil" | "outcome" | "regionCode"
>;

/** Writes changed tasks, which the caller has locked, and raises their versions. */
export async function updateTasks(tx: Tx, changes: readonly TaskChange[], at: Date): Promise<void> {
  const rows = changes.map((change) => ({
    task_id: change.taskId,
    state: change.state,
    severity: change.severity,
    assignee: change.assignee,
    assignee_name: change.assigneeName,
    snoozed_until: change.snoozedUntil?.toISOString(),
    outcome: change.outcome,
    region_code: change.regionCode,
  }));
  await statement(
    "task.update",
    tx`
    update task t set state = row.state, severity = row.severity, assignee = row.assignee, assignee_name = row.assignee_name,
      snoozed_until = row.snoozed_until, outcome = row.outcome, region_code = row.region_code, version = version + 1, updated_at = ${at}
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      task_id uuid, state text, severity smallint, assignee text, assignee_name text, snoozed_until timestamptz, outcome text, region_code text
    )
    where t.task_id = row.task_id`,
  );
}

export type NewTaskEvent = {
  taskId: string;
  actor: string;
  actorName: string;
  type:
    | "created"
    | "claimed"
    | "assigned"
    | "released"
    | "commented"
    | "snoozed"
    | "woken"
    | "violation_attached"
    | "violation_repeated"
    | "violation_cleared"
    | "resolved"
    | "reopened"
    | "closed";
  stateBefore: TaskState | undefined;
  stateAfter: TaskState;
  comment?: string;
  parameters?: Readonly<Record<string, string>>;
};

export async function insertTaskEvents(tx: Tx, events: readonly NewTaskEvent[], at: Date): Promise<void> {
  const rows = events.map((event) => ({
    task_id: event.taskId,
    actor: event.actor,
    actor_name: event.actorName,
    type: event.type,
    state_before: event.stateBefore,
    state_after: event.stateAfter,
    comment: event.comment ?? "",
    parameters: event.parameters ?? {},
  }));
  await statement(
    "task_event.insert",
    tx`
    insert into task_event (task_id, at, actor, actor_name, type, state_before, state_after, comment, parameters)
    select task_id, ${at}, actor, actor_name, type, state_before, state_after, comment, parameters
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      task_id uuid, actor text, actor_name text, type text, state_before text, state_after text, comment text, parameters jsonb
    )`,
  );
}

export type StoredTaskEvent = Omit<NewTaskEvent, "taskId" | "stateBefore"> & {
  eventId: number;
  at: Date;
  stateBefore: TaskState | null;
  comment: string;
  parameters: Record<string, string>;
};

/** Oldest first; of a very long history the newest. */
export async function listTaskEvents(sql: Queryable, taskId: string, limit: number): Promise<StoredTaskEvent[]> {
  const rows = await sql<StoredTaskEvent[]>`
    select event_id as "eventId", at, actor, actor_name as "actorName", type, state_before as "stateBefore", state_after as "stateAfter",
      comment, parameters
    from task_event where task_id = ${taskId} order by event_id desc limit ${limit}`;
  return rows.reverse();
}

/** Tasks per state, for metrics. */
export async function countTasks(sql: Queryable): Promise<{ state: TaskState; count: number }[]> {
  return await sql<{ state: TaskState; count: number }[]>`
    select state, count(*) as count from task group by state order by state limit 5`;
}
