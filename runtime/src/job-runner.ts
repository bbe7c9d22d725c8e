// One job in one instance: takes the lease and raises the epoch, runs, and tells what became of it.

import { setTimeout as delay } from "node:timers/promises";
import type { Database, Tx } from "./database.ts";
import { failpoint } from "./failpoint.ts";
import { type LeaseBucketSpec, leaseBucket } from "./jetstream.ts";
import { beforeCommitOf, type Job } from "./job.ts";
import {
  confirmEpoch,
  limitIdleTime,
  raiseEpoch,
  recordFailure,
  recordSuccess,
  StaleEpochError,
} from "./job-ledger.ts";
import { acquireLease, type Lease } from "./lease.ts";
import type { Log } from "./log.ts";
import { metrics, runBuckets } from "./metrics.ts";
import type { Nats } from "./nats-connection.ts";
import { span } from "./telemetry.ts";

export type JobRunnerOptions<C> = {
  context: C;
  database: Database;
  nats: Nats;
  lease: LeaseBucketSpec;
  /** Prefix of lease keys, such as the service's name. */
  scope: string;
  /** Unique among the instances. */
  holder: string;
  log: Log;
  /** Aborts when the jobs stop. */
  stopping: AbortSignal;
};

export type JobRunner = {
  /** Runs the job unless it runs here already, has nothing to do, is held by another instance, or was begun less than `restMs` ago. Never rejects. */
  tick(restMs: number): Promise<void>;
  /** The end of a run of this instance that begins after the call, which it sees to. Rejects as the run does. */
  nextRun(): Promise<void>;
  isRunning(): boolean;
  /** How often it failed since it last succeeded here. */
  failureCount(): number;
  /** Resolves when nothing of it is under way. */
  idle(): Promise<void>;
};

type Begun = { ended: Promise<void> };

export function jobRunner<C>(job: Job<C>, options: JobRunnerOptions<C>): JobRunner {
  const { log, stopping } = options;
  const labels = { schedule: job.name };
  let running: Promise<Begun | undefined> | undefined;
  /** What everybody waits for who asked since the last run began. */
  let awaited: PromiseWithResolvers<void> | undefined;
  let failureCount = 0;

  /** undefined when another instance holds the job or began it less than `restMs` ago. */
  function attempt(restMs: number): Promise<Begun | undefined> {
    running ??= begin(restMs);
    return running;
  }

  async function begin(restMs: number): Promise<Begun | undefined> {
    const taken = await takeJob(job, options, restMs).catch((error: unknown) => {
      log.error("job.not_taken", error, { job: job.name });
      return undefined;
    });
    if (taken === undefined) {
      running = undefined;
      return undefined;
    }
    const asked = awaited;
    awaited = undefined;
    const ended = run(taken).finally(() => {
      running = undefined;
    });
    ended.catch(() => {}); // Whoever asked for the run handles it, and it is logged.
    asked?.resolve(ended);
    return { ended };
  }

  async function run(taken: Taken): Promise<void> {
    const startedAt = performance.now();
    lastStart.set(labels, Date.now() / 1000);
    inProgress.set(labels, 1);
    try {
      await using _held = taken.lease;
      await span(`job ${job.name}`, { root: true, attributes: { "dozor.job": job.name } }, () =>
        runEpoch(job, options, taken),
      );
      failureCount = 0;
      outcomes.inc({ ...labels, outcome: "success" });
    } catch (error) {
      if (stopping.aborted) throw error;
      failureCount += 1;
      outcomes.inc({ ...labels, outcome: "failure" });
      log.error("job.failed", error, { job: job.name });
      throw error;
    } finally {
      inProgress.set(labels, 0);
      durations.observe(labels, (performance.now() - startedAt) / 1000);
    }
  }

  async function seeToRun(mine: PromiseWithResolvers<void>): Promise<void> {
    while (awaited === mine) {
      stopping.throwIfAborted();
      if (running !== undefined) await (await running)?.ended.catch(() => {});
      else if ((await attempt(0)) === undefined) await delay(takeoverPollMs, undefined, { signal: stopping });
    }
  }

  /** Whoever cannot tell is run, and says what is wrong by itself. */
  async function isIdle(): Promise<boolean> {
    return (await job.isDue?.(options.context).catch(() => true)) === false;
  }

  return {
    async tick(restMs) {
      if (running !== undefined) return outcomes.inc({ ...labels, outcome: "skipped_overlap" });
      if (await isIdle()) {
        lastSuccess.set(labels, Date.now() / 1000);
        return outcomes.inc({ ...labels, outcome: "nothing_due" });
      }
      const begun = await attempt(restMs);
      if (begun === undefined) return outcomes.inc({ ...labels, outcome: "not_leader" });
      await begun.ended.catch(() => {}); // Logged and counted by the run itself.
    },
    nextRun() {
      if (awaited !== undefined) return awaited.promise;
      const mine = Promise.withResolvers<void>();
      mine.promise.catch(() => {}); // Whoever asked may have gone.
      awaited = mine;
      seeToRun(mine).catch(mine.reject);
      return mine.promise;
    },
    isRunning: () => running !== undefined,
    failureCount: () => failureCount,
    idle: async () => await (await running)?.ended.catch(() => {}),
  };
}

const takeoverPollMs = 200;

type Taken = { lease: Lease; epoch: number };

async function takeJob<C>(
  job: Job<C>,
  { database, nats, lease: bucket, scope, holder, stopping }: JobRunnerOptions<C>,
  restMs: number,
): Promise<Taken | undefined> {
  const lease = await acquireLease({
    kv: () => leaseBucket(nats, bucket),
    key: `${scope}.${job.name}`,
    holder,
    ttlMs: bucket.ttlMs,
    signal: stopping,
  });
  if (lease === undefined) return undefined;
  try {
    const epoch = await raiseEpoch(database, job.name, holder, restMs);
    if (epoch !== undefined) return { lease, epoch };
  } catch (error) {
    await lease.release();
    throw error;
  }
  await lease.release();
  return undefined;
}

async function runEpoch<C>(job: Job<C>, options: JobRunnerOptions<C>, { lease, epoch }: Taken): Promise<void> {
  const { database, context, stopping } = options;
  const commitUnder = async <T>(tx: Tx, work: (tx: Tx) => Promise<T>) => {
    // A holder that is paused inside a transaction holds the job's row: Postgres ends it before another instance has the lease.
    await limitIdleTime(tx, options.lease.ttlMs * 0.6);
    await confirmEpoch(tx, job.name, epoch);
    return await work(tx);
  };
  const beforeCommit = beforeCommitOf(job.name);
  const commit = async <T>(name: string, work: (tx: Tx) => Promise<T>) => {
    await failpoint(beforeCommit);
    try {
      return await database.transaction(name, (tx) => commitUnder(tx, work));
    } catch (error) {
      if (error instanceof StaleEpochError) commitsRefused.inc({ schedule: job.name });
      throw error;
    }
  };
  try {
    await job.runOnce(context, { signal: AbortSignal.any([lease.signal, stopping]), epoch, commit });
  } catch (error) {
    await recordFailure(database, job.name, epoch, error).catch(() => {}); // The error itself matters more.
    throw error;
  }
  await recordSuccess(database, job.name, epoch);
  lastSuccess.set({ schedule: job.name }, Date.now() / 1000);
}

/** A restart must not make a job look as if it never succeeded. */
export function noteLastSuccess(job: string, at: Date): void {
  lastSuccess.set({ schedule: job }, at.getTime() / 1000);
}

const outcomes = metrics.counter({
  name: "scheduled_runs_total",
  help: "Ticks of jobs by what became of them",
  labels: ["schedule", "outcome"],
});
const durations = metrics.histogram({
  name: "scheduled_run_duration_seconds",
  help: "How long jobs ran",
  labels: ["schedule"],
  buckets: runBuckets,
});
const inProgress = metrics.gauge({
  name: "scheduled_run_in_progress",
  help: "Whether the job runs here now",
  labels: ["schedule"],
});
const lastStart = metrics.gauge({
  name: "scheduled_run_last_start_timestamp_seconds",
  help: "When the job last began here, in Unix time",
  labels: ["schedule"],
});
const lastSuccess = metrics.gauge({
  name: "scheduled_run_last_success_timestamp_seconds",
  help: "When the job last succeeded, or was last seen to have nothing to do, in Unix time",
  labels: ["schedule"],
});
const commitsRefused = metrics.counter({
  name: "scheduled_run_commits_refused_total",
  help: "Commits refused because another instance had taken the job over",
  labels: ["schedule"],
});
