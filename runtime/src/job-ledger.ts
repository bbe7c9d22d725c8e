// The rows that make jobs correct: which epoch each job is in, and one row per commit. The database's clock and row locks decide, nothing else.

import { type Database, statement, type Tx } from "./database.ts";

export class StaleEpochError extends Error {
  constructor(job: string, epoch: number) {
    super(`commit of job ${job} refused: another instance took it over after epoch ${epoch}`);
    this.name = "StaleEpochError";
  }
}

export type JobRecord = {
  name: string;
  epoch: number;
  /** Undefined while nobody runs it. */
  holder: string | undefined;
  lastSuccessAt: Date | undefined;
  lastFailure: string | undefined;
};

/** Makes rows for new jobs; gives what is known of all of them. */
export async function registerJobs(
  database: Database,
  names: readonly string[],
): Promise<{ name: string; lastSuccessAt: Date | undefined }[]> {
  await statement(
    "job.register",
    database.sql`insert into runtime.job (name) select unnest(${[...names]}::text[]) on conflict (name) do nothing`,
  );
  return (await listJobs(database)).filter((job) => names.includes(job.name));
}

/**
 * Takes the job over: waits for commits of the epoch before, which hold the row, and has later ones refused. Undefined when a run began less than
 * `restMs` ago, whoever ran it.
 */
export async function raiseEpoch(
  database: Database,
  job: string,
  holder: string,
  restMs: number,
): Promise<number | undefined> {
  const [row] = await statement(
    "job.raise_epoch",
    database.sql<{ epoch: number }[]>`
      update runtime.job set epoch = epoch + 1, holder = ${holder}, started_at = clock_timestamp()
      where name = ${job}
        and (started_at is null or started_at <= clock_timestamp() - ${restMs} * interval '1 millisecond')
      returning epoch
    `,
  );
  return row?.epoch;
}

/** For the rest of the transaction: Postgres closes the connection of a process that says nothing for so long inside it. */
export async function limitIdleTime(tx: Tx, idleMs: number): Promise<void> {
  await statement(
    "job.limit_idle_time",
    tx`select set_config('idle_in_transaction_session_timeout', ${String(Math.ceil(idleMs))}, true)`,
  );
}

/** Locks the epoch for the rest of the transaction and leaves a row of it. StaleEpochError when the job was taken over. */
export async function confirmEpoch(tx: Tx, job: string, epoch: number): Promise<void> {
  const [row] = await statement(
    "job.confirm_epoch",
    tx`
      with held as (select name from runtime.job where name = ${job} and epoch = ${epoch} for share)
      insert into runtime.job_commit (job, epoch) select name, ${epoch} from held
      returning id
    `,
  );
  if (row === undefined) throw new StaleEpochError(job, epoch);
}

export async function recordSuccess(database: Database, job: string, epoch: number): Promise<void> {
  await statement(
    "job.record_success",
    database.sql`
      update runtime.job set last_success_at = clock_timestamp(), last_failure = null, holder = null
      where name = ${job} and epoch = ${epoch}
    `,
  );
}

export async function recordFailure(database: Database, job: string, epoch: number, error: unknown): Promise<void> {
  const text = (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
  await statement(
    "job.record_failure",
    database.sql`update runtime.job set last_failure = ${text}, holder = null where name = ${job} and epoch = ${epoch}`,
  );
}

export async function listJobs(database: Database): Promise<JobRecord[]> {
  const rows = await statement(
    "job.list",
    database.sql<
      {
        name: string;
        epoch: number;
        holder: string | null;
        last_success_at: Date | null;
        last_failure: string | null;
      }[]
    >`select name, epoch, holder, last_success_at, last_failure from runtime.job order by name`,
  );
  return rows.map((row) => ({
    name: row.name,
    epoch: row.epoch,
    holder: row.holder ?? undefined,
    lastSuccessAt: row.last_success_at ?? undefined,
    lastFailure: row.last_failure ?? undefined,
  }));
}

export async function commitsForget(tx: Tx, olderThanDays: number): Promise<void> {
  await statement(
    "job_commit.forget",
    tx`delete from runtime.job_commit where committed_at < now() - make_interval(days => ${olderThanDays})`,
  );
}
