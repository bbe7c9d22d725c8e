// What every service stands on, opened in the order in which it is needed and closed in reverse: telemetry, probe, database, NATS, outbox relay, then
// the service's own consumers, jobs and RPCs. Promised: a start that fails closes what it opened; ready only when all of it runs, and not ready
// before any of it stops.

import type { DescMessage } from "@bufbuild/protobuf";
import { createVerifier } from "./auth.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Consumer, type RunningConsumer, startConsumer } from "./consume.ts";
import { type Database, openDatabase } from "./database.ts";
import { armFailpoints } from "./failpoint.ts";
import { type LeaseBucketSpec, makeMissing, type Topology, verify } from "./jetstream.ts";
import type { Job } from "./job.ts";
import { type Jobs, startJobs } from "./jobs.ts";
import { createLog, type Log } from "./log.ts";
import { observeProcess } from "./metrics.ts";
import { type MigrationSet, migrate } from "./migrate.ts";
import { connectNats } from "./nats-connection.ts";
import { startOutboxRelay } from "./outbox-relay.ts";
import { startProbe } from "./probe.ts";
import type { Route } from "./route.ts";
import { startServer } from "./server.ts";
import type { ServiceConfig } from "./service-config.ts";
import { startTelemetry } from "./telemetry.ts";

export type Service = AsyncDisposable & {
  grpcUrl: string;
  httpUrl: string;
  /** Runs a job of this service now, through its lease and epoch. */
  runNow(job: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the outbox is published and the consumers have nothing left. */
  drain(signal?: AbortSignal): Promise<void>;
};

/** What tests put in place of the real thing. */
export type Overrides = { clock?: Clock; log?: Log };

export type FoundationOptions = {
  service: string;
  version: string;
  config: ServiceConfig;
  migrations: readonly MigrationSet[];
  topology: Topology & { leaseBucket: LeaseBucketSpec };
  subjectOf(topic: string, lane: number): string;
  signal: AbortSignal;
  overrides: Overrides;
};

export type Foundation = AsyncDisposable & {
  clock: Clock;
  log: Log;
  database: Database;
  /** Has the job run soon, without waiting for it. A failing job is logged and tried again by its own schedule. */
  wake(job: string): void;
  /** Runs jobs one after another, some of which may fail, and answers when the last ended; goes on when the caller does not wait. */
  runJobs(names: readonly string[]): Promise<void>;
  /** Runs the job through its lease and waits for its end; rejects as it does. */
  runJob(job: string, signal?: AbortSignal): Promise<void>;
  /** Closed with the service, before whatever was opened earlier. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T;
  consume<C, M extends DescMessage>(context: C, consumer: Consumer<C, M>, durable: string): void;
  startJobs<C>(context: C, jobs: readonly Job<NoInfer<C>>[]): Promise<void>;
  /** Opens the ports; from here on the service owns everything. */
  serve(routes: readonly Route[]): Promise<Service>;
};

/** Closes everything when it is disposed before `serve`. Rejects when the signal aborts, a setting cannot work or a resource cannot be reached. */
export async function openFoundation(options: FoundationOptions): Promise<Foundation> {
  const { service, version, config, topology, signal } = options;
  await using stack = new AsyncDisposableStack();
  const clock = options.overrides.clock ?? systemClock;
  const log = options.overrides.log ?? createLog({ service, version, level: config.logLevel });
  if (config.failpoints !== undefined) armFailpoints(config.failpoints, log);
  observeProcess({ service, version });
  stack.use(startTelemetry({ service, version, instance: config.instance, endpoint: config.otlpEndpoint }));
  const probe = stack.use(await startProbe({ host: config.host, port: config.probePort }));
  const database = stack.use(
    await openDatabase({
      url: config.databaseUrl,
      applicationName: config.instance,
      poolMax: config.databasePoolMax,
      statementTimeoutMs: 60_000,
    }),
  );
  if (config.migrate) await migrate(database, options.migrations);
  signal.throwIfAborted();
  const nats = stack.use(await connectNats({ url: config.natsUrl, name: config.instance, log, signal }));
  const made = await makeMissing(nats, topology);
  if (made.length > 0) log.warn("nats.made_what_was_missing", { made });
  await verify(nats, topology);
  const background = stack.adopt(new Set<Promise<void>>(), async (tasks) => void (await Promise.allSettled(tasks)));
  const relay = stack.use(
    startOutboxRelay({
      database,
      nats,
      topology,
      subjectOf: options.subjectOf,
      log,
      claimMs: Math.min(15_000, config.leaseTtlMs),
    }),
  );
  const consumers: RunningConsumer[] = [];
  let jobs: Jobs | undefined;
  const startedJobs = () => {
    if (jobs === undefined) throw new Error(`run a job of ${service}: its jobs are not started yet`);
    return jobs;
  };
  const runJob = async (name: string, jobSignal?: AbortSignal) => await startedJobs().runNow(name, jobSignal);
  const runJobs = (names: readonly string[]): Promise<void> => {
    const running = (async () => {
      for (const name of names) await runJob(name).catch(() => {});
    })();
    background.add(running);
    return running.finally(() => background.delete(running));
  };
  const owned = stack.move();

  return {
    clock,
    log,
    database,
    wake: (job) => void runJobs([job]),
    runJobs,
    runJob,
    use: (resource) => owned.use(resource),
    consume(context, consumer, durable) {
      const spec = topology.consumers.find((each) => each.durable === durable);
      if (spec === undefined) throw new Error(`consume by ${durable}: the topology does not know it`);
      consumers.push(owned.use(startConsumer({ context, consumer, spec, topology, database, nats, log })));
    },
    async startJobs(context, list) {
      jobs = owned.use(
        await startJobs({
          jobs: list,
          context,
          database,
          nats,
          lease: topology.leaseBucket,
          scope: service,
          holder: `${config.instance}-${crypto.randomUUID()}`,
          log,
          clock,
        }),
      );
    },
    async serve(routes) {
      const server = owned.use(
        await startServer({
          host: config.host,
          grpcPort: config.grpcPort,
          httpPort: config.httpPort,
          routes,
          verifier: createVerifier(config.auth),
          log,
          isReady: () => nats.isConnected(),
          reflection: config.reflection,
          allowedOrigins: config.allowedOrigins,
        }),
      );
      probe.setStarted();
      probe.setReady(true);
      log.info("service.started", { grpcUrl: server.grpcUrl, httpUrl: server.httpUrl });
      const serving = owned.move();
      return {
        grpcUrl: server.grpcUrl,
        httpUrl: server.httpUrl,
        runNow: runJob,
        async drain(drainSignal) {
          await relay.drain(drainSignal);
          for (const consumer of consumers) await consumer.drain(drainSignal);
          // What the consumers answered.
          await relay.drain(drainSignal);
        },
        async [Symbol.asyncDispose]() {
          probe.setReady(false);
          await serving.disposeAsync();
        },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
