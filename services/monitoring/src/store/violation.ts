import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { jsonRows } from "./json-rows.ts";

export type StoredViolation = {
  taskId: string;
  indicatorId: string;
  indicatorKey: string;
  indicatorName: string;
  indicatorVersion: number;
  severity: number;
  firstViolatedAt: Date;
  runId: string;
  businessDate: string;
  evidence: Uint8Array | undefined;
  standing: boolean;
  lastBusinessDate: string;
};

/** Violations of tasks, most severe first. Evidence is left out where it is not asked for. */
export async function listViolations(
  sql: Queryable,
  taskIds: readonly string[],
  { withEvidence }: { withEvidence: boolean },
): Promise<StoredViolation[]> {
  const rows = await sql<(Omit<StoredViolation, "evidence"> & { evidence: Uint8Array | null })[]>`
    select task_id as "taskId", indicator_id as "indicatorId", indicator_key as "indicatorKey", indicator_name as "indicatorName",
      indicator_version as "indicatorVersion", severity, first_violated_at as "firstViolatedAt", run_id as "runId",
      business_date as "businessDate", ${withEvidence ? sql`evidence` : sql`null::bytea as evidence`}, standing,
      last_business_date as "lastBusinessDate"
    from task_violation where task_id = any(${[...taskIds]}::uuid[])
    order by task_id, severity desc, indicator_key limit 100000`;
  return rows.map((row) => ({ ...row, evidence: row.evidence ?? undefined }));
}

export type AttachedViolation = Omit<StoredViolation, "evidence" | "standing" | "lastBusinessDate"> & {
  evidence: Uint8Array;
};

/** Attaches violations, or renews those that are attached: the first day stays, the verdict and its evidence are the newest. */
export async function upsertViolations(tx: Tx, violations: readonly AttachedViolation[]): Promise<void> {
  const rows = violations.map((violation) => ({
    task_id: violation.taskId,
    indicator_id: violation.indicatorId,
    indicator_key: violation.indicatorKey,
    indicator_name: violation.indicatorName,
    indicator_version: violation.indicatorVersion,
    severity: violation.severity,
    first_violated_at: violation.firstViolatedAt.toISOString(),
    run_id: violation.runId,
    business_date: violation.businessDate,
    evidence: Buffer.from(violation.evidence).toString("hex"),
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await statement(
      "task_violation.upsert",
      tx`
      insert into task_violation as v (
        task_id, indicator_id, indicator_key, indicator_name, indicator_version, severity, first_violated_at, run_id, business_date,
        evidence, last_business_date
      )
      select task_id, indicator_id, indicator_key, indicator_name, indicator_version, severity, first_violated_at, run_id, business_date,
        decode(evidence, 'hex'), business_date
      from jsonb_to_recordset(${jsonRows(tx, rows.slice(start, start + 1000))}) as row (
        task_id uuid, indicator_id uuid, indicator_key text, indicator_name text, indicator_version integer, severity smallint,
        first_violated_at timestamptz, run_id uuid, business_date date, evidence text
      )
      on conflict (task_id, indicator_id) do update set indicator_name = excluded.indicator_name,
        indicator_version = excluded.indicator_version, severity = excluded.severity, run_id = excluded.run_id,
        business_date = excluded.business_date, evidence = excluded.evidence, standing = true,
        last_business_date = excluded.last_business_date,
        first_violated_at = case when v.standing then v.first_violated_at else excluded.first_violated_at end`,
    );
  }
}

export type QuietedViolation = { taskId: string; indicatorId: string; standing: boolean };

/** Notes the verdict of a date that was clear (no longer standing) or unknown (still standing). */
export async function noteQuietViolations(
  tx: Tx,
  quieted: readonly QuietedViolation[],
  businessDate: string,
): Promise<void> {
  const rows = quieted.map((each) => ({
    task_id: each.taskId,
    indicator_id: each.indicatorId,
    standing: each.standing,
  }));
  await statement(
    "task_violation.quiet",
    tx`
    update task_violation v set standing = row.standing, last_business_date = ${businessDate}
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (task_id uuid, indicator_id uuid, standing boolean)
    where v.task_id = row.task_id and v.indicator_id = row.indicator_id`,
  );
}
