// Periodic work that one instance at a time does. Every instance ticks; a lease picks who works; the epoch, raised in Postgres when a job is taken and
// checked in every commit, makes it correct when a paused holder wakes up. Promised: no commit of a job after another instance took it over, no overlap,
// a failing job is tried again ever more slowly. Not promised: that each tick becomes a run, nor that calls to outside systems are fenced.

import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "./clock.ts";
import type { Database, Tx } from "./database.ts";
import { inboxForget } from "./inbox.ts";
import { type LeaseBucketSpec, leaseBucket, type Nats } from "./jetstream.ts";
import {
  commitsForget,
  confirmEpoch,
  type JobRecord,
  limitIdleTime,
  listJobs,
  raiseEpoch,
  recordFailure,
  recordSuccess,
  registerJobs,
} from "./job-ledger.ts";
import { tickByCron, tickByInterval } from "./job-ticks.ts";
import { acquireLease, type Lease } from "./lease.ts";
import type { Log } from "./log.ts";
import { metrics, runBuckets } from "./metrics.ts";
import { span } from "./telemetry.ts";

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
  /** Also ticks immediately after start. */
  atStart?: boolean;
} & ({ everyMs: number } | { cron: string; timezone?: string });

export type Jobs = AsyncDisposable & {
  /** Runs the job through its lease and epoch; joins a run of this instance, waits for one of another. Rejects as the run does. */
  runNow(name: string, signal?: AbortSignal): Promise<void>;
  status(): Promise<JobStatus[]>;
};

/** `isRunning` and `nextAt` are of this instance, the rest of whichever ran the job last. */
export type JobStatus = JobRecord & { isRunning: boolean; nextAt: Date | undefined };

export type JobsOptions<C> = {
  jobs: readonly Job<C>[];
  context: C;
  database: Database;
  nats: Nats;
  lease: LeaseBucketSpec;
  /** Prefix of lease keys, such as the service's name. */
  scope: string;
  /** Unique among the instances. */
  holder: string;
  log: Log;
  clock?: Clock;
};

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
const timestamp = (what: string) =>
  metrics.gauge({
    name: `scheduled_run_${what}_timestamp_seconds`,
    help: `Unix time of the ${what} of the job`,
    labels: ["schedule"],
  });
const lastStart = timestamp("last_start");
const lastSuccess = timestamp("last_success");
const nextTick = timestamp("next");

const takeoverPollMs = 200;
const commitsKeptDays = 7;
const inboxKeptDays = 14;
const tidyBatchMax = 5_000;

export async function startJobs<C>(options: JobsOptions<C>): Promise<Jobs> {
  const { database, log } = options;
  const clock = options.clock ?? systemClock;
  const stopping = new AbortController();
  const jobs = [...options.jobs, tidyRuntime];
  // A restart must not make a job look as if it never succeeded.
  for (const { name, lastSuccessAt } of await registerJobs(
    database,
    jobs.map((job) => job.name),
  )) {
    if (lastSuccessAt !== undefined) lastSuccess.set({ schedule: name }, lastSuccessAt.getTime() / 1000);
  }

  const running = new Map<string, Promise<{ ended: Promise<void> } | undefined>>();
  const failureCounts = new Map<string, number>();
  const nextAts = new Map<string, Date>();
  const kv = () => leaseBucket(options.nats, options.lease);
  const acquire = (job: Job<C>) =>
    acquireLease({
      kv,
      key: `${options.scope}.${job.name}`,
      holder: options.holder,
      ttlMs: options.lease.ttlMs,
      signal: stopping.signal,
    });

  /** Starts the job unless it runs or starts here; undefined when another instance holds it, or began it less than `restMs` ago. */
  function attempt(job: Job<C>, restMs: number): Promise<{ ended: Promise<void> } | undefined> {
    const mine = running.get(job.name);
    if (mine !== undefined) return mine;
    const started = start(job, restMs);
    running.set(job.name, started);
    return started;
  }

  async function start(job: Job<C>, restMs: number): Promise<{ ended: Promise<void> } | undefined> {
    const taken = await take(job, restMs).catch((error: unknown) => {
      log.error("job.not_taken", error, { job: job.name });
      return undefined;
    });
    if (taken === undefined) {
      running.delete(job.name);
      return undefined;
    }
    const ended = runUnder(taken.lease, taken.epoch, job).finally(() => running.delete(job.name));
    ended.catch(() => {}); // Whoever asked for the run handles it, and it is logged.
    return { ended };
  }

  async function take(job: Job<C>, restMs: number): Promise<{ lease: Lease; epoch: number } | undefined> {
    const lease = await acquire(job);
    if (lease === undefined) return undefined;
    try {
      const epoch = await raiseEpoch(database, job.name, options.holder, restMs);
      if (epoch !== undefined) return { lease, epoch };
    } catch (error) {
      await lease.release();
      throw error;
    }
    await lease.release();
    return undefined;
  }

  async function runUnder(lease: Lease, epoch: number, job: Job<C>): Promise<void> {
    const startedAt = performance.now();
    lastStart.set({ schedule: job.name }, Date.now() / 1000);
    inProgress.set({ schedule: job.name }, 1);
    try {
      await using _held = lease;
      await span(`job ${job.name}`, { root: true, attributes: { "dozor.job": job.name } }, () =>
        runEpoch(lease, epoch, job),
      );
      failureCounts.delete(job.name);
      outcomes.inc({ schedule: job.name, outcome: "success" });
    } catch (error) {
      if (stopping.signal.aborted) throw error;
      failureCounts.set(job.name, (failureCounts.get(job.name) ?? 0) + 1);
      outcomes.inc({ schedule: job.name, outcome: "failure" });
      log.error("job.failed", error, { job: job.name });
      throw error;
    } finally {
      inProgress.set({ schedule: job.name }, 0);
      durations.observe({ schedule: job.name }, (performance.now() - startedAt) / 1000);
    }
  }

  async function runEpoch(lease: Lease, epoch: number, job: Job<C>): Promise<void> {
    const commit = <T>(name: string, work: (tx: Tx) => Promise<T>) =>
      database.transaction(name, async (tx) => {
        // A holder that is paused inside a transaction holds the job's row: Postgres ends it before another instance has the lease.
        await limitIdleTime(tx, options.lease.ttlMs * 0.6);
        await confirmEpoch(tx, job.name, epoch);
        return await work(tx);
      });
    try {
      await job.runOnce(options.context, { signal: AbortSignal.any([lease.signal, stopping.signal]), epoch, commit });
    } catch (error) {
      await recordFailure(database, job.name, epoch, error).catch(() => {}); // The error itself matters more.
      throw error;
    }
    await recordSuccess(database, job.name, epoch);
    lastSuccess.set({ schedule: job.name }, Date.now() / 1000);
  }

  const tick = async (job: Job<C>, restMs: number) => {
    if (running.has(job.name)) return outcomes.inc({ schedule: job.name, outcome: "skipped_overlap" });
    const started = await attempt(job, restMs);
    if (started === undefined) return outcomes.inc({ schedule: job.name, outcome: "not_leader" });
    await started.ended.catch(() => {}); // Logged and counted by the run itself.
  };
  const onNext = (job: Job<C>, at: Date) => {
    nextAts.set(job.name, at);
    nextTick.set({ schedule: job.name }, at.getTime() / 1000);
  };
  const tickers = jobs.map((job) =>
    "cron" in job
      ? tickByCron(job, tick, onNext, stopping.signal)
      : tickByInterval(job, tick, onNext, () => failureCounts.get(job.name) ?? 0, clock, stopping.signal),
  );

  return {
    async runNow(name, signal) {
      const job = jobs.find((candidate) => candidate.name === name);
      if (job === undefined) throw new Error(`run job ${name} now: there is no such job`);
      const waiting = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
      for (;;) {
        waiting.throwIfAborted();
        const started = await attempt(job, 0);
        if (started !== undefined) return await abortable(started.ended, waiting);
        await delay(takeoverPollMs, undefined, { signal: waiting });
      }
    },
    status: async () =>
      (await listJobs(database)).map((job) => ({
        ...job,
        isRunning: running.has(job.name),
        nextAt: nextAts.get(job.name),
      })),
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error("jobs are stopping"));
      await Promise.allSettled([...tickers, ...[...running.values()].map(async (started) => (await started)?.ended)]);
    },
  };
}

/** Forgets what runtime kept as proof: commits after a week, processed messages after twice the longest life of a message in a stream. */
const tidyRuntime: Job<unknown> = {
  name: "tidy-runtime",
  everyMs: 3_600_000,
  async runOnce(_, run) {
    await run.commit("job_commit.forget", (tx) => commitsForget(tx, commitsKeptDays));
    for (let count = tidyBatchMax; count === tidyBatchMax; ) {
      run.signal.throwIfAborted();
      count = await run.commit("inbox.forget", (tx) => inboxForget(tx, inboxKeptDays, tidyBatchMax));
    }
  },
};

async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
