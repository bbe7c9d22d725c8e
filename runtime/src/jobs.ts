import type { Clock } from "./clock.ts";
import type { Database, Tx } from "./database.ts";
import type { LeaseBucketSpec, Nats } from "./jetstream.ts";
import type { Log } from "./log.ts";

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
  /** Run once immediately after start. */
  atStart?: boolean;
} & ({ everyMs: number } | { cron: string; timezone?: string });
export class StaleEpochError extends Error {}
export type Jobs = AsyncDisposable & {
  /** Runs the job through its lease and epoch; joins a run of this instance, waits for one of another. Rejects as the run does. */
  runNow(name: string, signal?: AbortSignal): Promise<void>;
  status(): Promise<JobStatus[]>;
};
export type JobStatus = {
  name: string;
  epoch: number;
  holder: string | undefined;
  isRunning: boolean;
  lastSuccessAt: Date | undefined;
  nextAt: Date | undefined;
};
export type JobsOptions<C> = {
  jobs: readonly Job<C>[];
  context: C;
  database: Database;
  nats: Nats;
  lease: LeaseBucketSpec;
  /** Prefix of lease keys, such as the service's name. */
  scope: string;
  holder: string;
  log: Log;
  clock?: Clock;
};
export async function startJobs<C>(_options: JobsOptions<C>): Promise<Jobs> {
  throw new Error("not built yet");
}
