import type { Tx } from "./database.ts";

export type JobRun = {
  /** Aborts at shutdown and when the lease is lost. */
  signal: AbortSignal;
  epoch: number;
  /** A transaction which is refused (StaleEpochError) when another instance took the job over in the meantime. */
  commit<T>(name: string, work: (tx: Tx) => Promise<T>): Promise<T>;
};

export type Job<C> = {
  name: string;
  runOnce(context: C, run: JobRun): Promise<void>;
  /** Asked before each tick: a job that ticks often and seldom has work is then a read of the database and nothing else. */
  isDue?(context: C): Promise<boolean>;
  /** Also ticks immediately after start. */
  atStart?: boolean;
} & ({ everyMs: number } | { cron: string; timezone?: string });

/** The failpoint before each commit of the job. */
export function beforeCommitOf(job: string): string {
  return `job.${job.replaceAll(/[^a-z]+/g, "_")}.before_commit`;
}
