// Periodic work that one instance at a time does. Every instance ticks; a lease picks who works; the epoch, raised in Postgres when a job is taken and
// checked in every commit, makes it correct when a paused holder wakes up. Promised: no commit of a job after another instance took it over, no overlap,
// a failing job is tried again ever more slowly. Not promised: that each tick becomes a run, nor that calls to outside systems are fenced.

import { type Clock, systemClock } from "./clock.ts";
import { inboxForget } from "./inbox.ts";
import type { Job } from "./job.ts";
import { commitsForget, type JobRecord, listJobs, registerJobs } from "./job-ledger.ts";
import { type JobRunner, type JobRunnerOptions, jobRunner, noteLastSuccess } from "./job-runner.ts";
import { tickByCron, tickByInterval } from "./job-ticks.ts";
import { metrics } from "./metrics.ts";

export type Jobs = AsyncDisposable & {
  /**
   * Runs the job through its lease and epoch, and resolves at the end of a run that began after the call, so that it saw all that was there before. A run
   * under way, here or in another instance, is waited for first; all who ask meanwhile share the next. Rejects as the run does.
   */
  runNow(name: string, signal?: AbortSignal): Promise<void>;
  status(): Promise<JobStatus[]>;
};

/** `isRunning` and `nextAt` are of this instance, the rest of whichever ran the job last. */
export type JobStatus = JobRecord & { isRunning: boolean; nextAt: Date | undefined };

export type JobsOptions<C> = Omit<JobRunnerOptions<C>, "stopping"> & { jobs: readonly Job<C>[]; clock?: Clock };

export async function startJobs<C>(options: JobsOptions<C>): Promise<Jobs> {
  const { database } = options;
  const stopping = new AbortController();
  const jobs: readonly Job<C>[] = [...options.jobs, tidyRuntime];
  const names = jobs.map(({ name }) => name);
  for (const { name, lastSuccessAt } of await registerJobs(database, names)) {
    if (lastSuccessAt !== undefined) noteLastSuccess(name, lastSuccessAt);
  }
  const runners = new Map(jobs.map((job) => [job.name, jobRunner(job, { ...options, stopping: stopping.signal })]));
  const nextAts = new Map<string, Date>();
  const tickers = jobs.map((job) => startTicking(job, runnerOf(job.name), options.clock ?? systemClock));

  function runnerOf(name: string): JobRunner {
    const runner = runners.get(name);
    if (runner === undefined) throw new Error(`run job ${name} now: there is no such job`);
    return runner;
  }

  function startTicking(job: Job<C>, runner: JobRunner, clock: Clock): Promise<void> {
    const onNext = (at: Date) => {
      nextAts.set(job.name, at);
      nextTick.set({ schedule: job.name }, at.getTime() / 1000);
    };
    return "cron" in job
      ? tickByCron(job, runner.tick, onNext, stopping.signal)
      : tickByInterval(job, runner, onNext, clock, stopping.signal);
  }

  return {
    async runNow(name, signal) {
      stopping.signal.throwIfAborted();
      signal?.throwIfAborted();
      const run = runnerOf(name).nextRun();
      await (signal === undefined ? run : abortable(run, signal));
    },
    status: async () =>
      (await listJobs(database)).map((job) => ({
        ...job,
        isRunning: runners.get(job.name)?.isRunning() ?? false,
        nextAt: nextAts.get(job.name),
      })),
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error("jobs are stopping"));
      await Promise.allSettled([...tickers, ...[...runners.values()].map((runner) => runner.idle())]);
    },
  };
}

const nextTick = metrics.gauge({
  name: "scheduled_run_next_timestamp_seconds",
  help: "When the job ticks next, in Unix time",
  labels: ["schedule"],
});

const commitsKeptDays = 7;
const inboxKeptDays = 14;
const tidyBatchMax = 5_000;

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
