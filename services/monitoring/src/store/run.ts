import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { jsonValue } from "./json-rows.ts";

type RunState = "planning" | "checking" | "completed" | "cancelled";
export type Counts = { planned: number; violated: number; clear: number; unknown: number; failed: number };
export type StoredRun = {
  runId: string;
  businessDate: string;
  asOf: Date;
  state: RunState;
  watchedAssetCount: number;
  indicatorCount: number;
  sliceCount: number;
  chunkCount: number;
  plannedUpTo: string | null;
  startedAt: Date;
  startedBy: string;
  endedAt: Date | null;
  cancelReason: string | null;
  countsByIndicator: Record<string, Counts> | null;
  proof: Uint8Array | null;
};

const columns = (sql: Queryable) => sql`
  run_id as "runId", business_date as "businessDate", as_of as "asOf", state, watched_asset_count as "watchedAssetCount",
  slice_count as "sliceCount", chunk_count as "chunkCount", planned_up_to as "plannedUpTo", started_at as "startedAt",
  started_by as "startedBy", ended_at as "endedAt", cancel_reason as "cancelReason", counts_by_indicator as "countsByIndicator", proof,
  (select count(*)::int from run_indicator i where i.run_id = run.run_id) as "indicatorCount"`;

export type NewRun = { runId: string; businessDate: string; asOf: Date; startedAt: Date; startedBy: string };

/** Opens the run of a date with the indicators published now. False when the date has a run. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  const result = await tx`
    insert into run (run_id, business_date, as_of, state, started_at, started_by)
    values (${run.runId}, ${run.businessDate}, ${run.asOf}, 'planning', ${run.startedAt}, ${run.startedBy})
    on conflict (business_date) do nothing`;
  if (result.count === 0) return false;
  await tx`
    insert into run_indicator (run_id, indicator_id, indicator_version, indicator_key)
    select ${run.runId}, indicator_id, published_version, key from indicator where state = 'published'`;
  return true;
}

export async function readRun(sql: Queryable, runId: string): Promise<StoredRun | undefined> {
  const [row] = await sql<StoredRun[]>`select ${columns(sql)} from run where run_id = ${runId}`;
  return row;
}

export async function readRunOfDate(sql: Queryable, businessDate: string): Promise<StoredRun | undefined> {
  const [row] = await sql<StoredRun[]>`select ${columns(sql)} from run where business_date = ${businessDate}`;
  return row;
}

/** The run, which nobody else plans, closes or cancels until the transaction ends. */
export async function lockRun(tx: Tx, runId: string): Promise<StoredRun | undefined> {
  const [row] = await tx<StoredRun[]>`select ${columns(tx)} from run where run_id = ${runId} for no key update`;
  return row;
}

export async function listRuns(sql: Queryable, before: string | undefined, limit: number): Promise<StoredRun[]> {
  return await sql<StoredRun[]>`
    select ${columns(sql)} from run ${before === undefined ? sql`` : sql`where business_date < ${before}`}
    order by business_date desc limit ${limit}`;
}

export async function listOpenRuns(sql: Queryable): Promise<StoredRun[]> {
  return await sql<StoredRun[]>`
    select ${columns(sql)} from run where state in ('planning', 'checking') order by business_date limit 100`;
}

export async function readNewestRunDate(sql: Queryable): Promise<string | undefined> {
  const [row] = await sql<{ date: string | null }[]>`select max(business_date) as date from run`;
  return row?.date ?? undefined;
}

/** When this database was made: runs before it cannot have been missed. */
export async function readMadeAt(sql: Queryable): Promise<Date> {
  const [row] = await sql<{ at: Date }[]>`select made_at as at from watch_rule`;
  if (row === undefined) throw new Error("read when the database was made: the watch rule is missing");
  return row.at;
}

export type RunIndicator = { indicatorId: string; indicatorVersion: number; indicatorKey: string };

export async function listRunIndicators(sql: Queryable, runId: string): Promise<RunIndicator[]> {
  return await sql<RunIndicator[]>`
    select indicator_id as "indicatorId", indicator_version as "indicatorVersion", indicator_key as "indicatorKey"
    from run_indicator where run_id = ${runId} order by indicator_key limit 1000`;
}

export type PlanProgress = { plannedUpTo: string | undefined; assetCount: number; chunkCount: number; isDone: boolean };

export async function notePlanProgress(tx: Tx, runId: string, progress: PlanProgress): Promise<void> {
  await tx`
    update run set planned_up_to = ${progress.plannedUpTo ?? null}, watched_asset_count = watched_asset_count + ${progress.assetCount},
      slice_count = slice_count + ${progress.assetCount > 0 ? 1 : 0}, chunk_count = chunk_count + ${progress.chunkCount},
      state = ${progress.isDone ? "checking" : "planning"}
    where run_id = ${runId} and state = 'planning'`;
}

export type RunEnd = {
  runId: string;
  state: "completed" | "cancelled";
  endedAt: Date;
  cancelReason: string | undefined;
  countsByIndicator: Record<string, Counts>;
  proof: Uint8Array;
};

export async function endRun(tx: Tx, end: RunEnd): Promise<void> {
  await statement(
    "run.end",
    tx`
    update run set state = ${end.state}, ended_at = ${end.endedAt}, cancel_reason = ${end.cancelReason ?? null},
      counts_by_indicator = ${jsonValue(tx, end.countsByIndicator)}, proof = ${end.proof}
    where run_id = ${end.runId} and state in ('planning', 'checking')`,
  );
}

export async function deleteRunsBefore(tx: Tx, businessDate: string): Promise<number> {
  const old = await tx<{ runId: string }[]>`
    select run_id as "runId" from run where business_date < ${businessDate} and ended_at is not null
      and exists (select from run_chunk c where c.run_id = run.run_id)
    order by business_date limit 1`;
  for (const { runId } of old) {
    await tx`delete from verdict where run_id = ${runId}`;
    await tx`delete from run_chunk where run_id = ${runId}`;
  }
  return old.length;
}
