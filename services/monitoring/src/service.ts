import { join } from "node:path";
import { durables, subject, topology } from "@dozor/proto/streams";
import { createVerifier } from "@dozor/runtime/auth";
import { type Clock, systemClock } from "@dozor/runtime/clock";
import { startConsumer } from "@dozor/runtime/consume";
import { openDatabase } from "@dozor/runtime/database";
import { connectNats, verify } from "@dozor/runtime/jetstream";
import { type Job, startJobs } from "@dozor/runtime/jobs";
import { createLog, type Log } from "@dozor/runtime/log";
import { observeProcess } from "@dozor/runtime/metrics";
import { migrate } from "@dozor/runtime/migrate";
import { startOutboxRelay } from "@dozor/runtime/outbox-relay";
import { startProbe } from "@dozor/runtime/probe";
import { startServer } from "@dozor/runtime/server";
import { startTelemetry } from "@dozor/runtime/telemetry";
import packageJson from "../package.json";
import { createClients } from "./clients/clients.ts";
import type { Config } from "./config.ts";
import { applyAssetSnapshots } from "./consumers/apply-asset-snapshots.ts";
import { judgeFacts } from "./consumers/judge-facts.ts";
import type { Context } from "./context.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { driveRuns } from "./jobs/drive-runs.ts";
import { foldReport } from "./jobs/fold-report.ts";
import { reconcileAssets } from "./jobs/reconcile-assets.ts";
import { rollWatched } from "./jobs/roll-watched.ts";
import { startDailyRun } from "./jobs/start-daily-run.ts";
import { wakeSnoozedTasks } from "./jobs/wake-snoozed-tasks.ts";
import { observeTasks } from "./observe-tasks.ts";
import { routes } from "./rpc/routes.ts";
import { indicatorVersions } from "./steps/indicator-versions.ts";
import { seedIndicators } from "./steps/seed-indicators.ts";

export type Service = AsyncDisposable & {
  grpcUrl: string;
  httpUrl: string;
  /** Runs a job of this service now, through its lease and epoch. */
  runNow(job: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the outbox is published and the consumers have nothing left. */
  drain(signal?: AbortSignal): Promise<void>;
};
export type Overrides = { clock?: Clock; log?: Log };

export const migrations = [{ name: "monitoring", dir: join(import.meta.dir, "../migrations") }];

/** What is wrong? Judges what tracking knows of the assets that registry has, and keeps the tasks that follow. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const version = packageJson.version;
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog({ service: "monitoring", version, level: config.logLevel });
  observeProcess({ service: "monitoring", version });

  // Resources
  stack.use(
    startTelemetry({ service: "monitoring", version, instance: config.instance, endpoint: config.otlpEndpoint }),
  );
  const probe = stack.use(await startProbe({ host: config.host, port: config.probePort }));
  const database = stack.use(
    await openDatabase({
      url: config.databaseUrl,
      applicationName: config.instance,
      poolMax: config.databasePoolMax,
      statementTimeoutMs: 60_000,
    }),
  );
  if (config.migrate) await migrate(database, migrations);
  if (config.seedIndicators) await database.transaction("seed indicators", (tx) => seedIndicators(tx, clock.now()));
  signal.throwIfAborted();
  const nats = stack.use(await connectNats({ url: config.natsUrl, name: config.instance, log, signal }));
  const streams = topology(config.streamNames, { replicas: config.streamReplicas, leaseTtlMs: config.leaseTtlMs });
  await verify(nats, streams);
  const background = stack.adopt(new Set<Promise<unknown>>(), async (tasks) => void (await Promise.allSettled(tasks)));
  const context: Context = {
    config,
    database,
    clock,
    log,
    versions: indicatorVersions(),
    ...createClients(config),
    wake(job) {
      // A failing job is logged and tried again by its own schedule.
      const woken = jobs.runNow(job).catch(() => {});
      background.add(woken);
      void woken.finally(() => background.delete(woken));
    },
    runJob: (job, jobSignal) => jobs.runNow(job, jobSignal),
  };
  const relay = stack.use(
    startOutboxRelay({
      database,
      nats,
      topology: streams,
      subjectOf: (topic, lane) => subject(config.streamNames, topic, lane),
      log,
    }),
  );

  // Consumers
  const specOf = (durable: string) => {
    const spec = streams.consumers.find((each) => each.durable === durable);
    if (spec === undefined) throw new Error(`consume by ${durable}: the topology does not know it`);
    return spec;
  };
  const resources = { context, topology: streams, database, nats, log };
  const consumers = [
    stack.use(startConsumer({ ...resources, consumer: applyAssetSnapshots, spec: specOf(durables.monitoringAssets) })),
    stack.use(startConsumer({ ...resources, consumer: judgeFacts, spec: specOf(durables.monitoringFacts) })),
  ];

  // Jobs
  const jobList: Job<Context>[] = [
    startDailyRun,
    driveRuns,
    wakeSnoozedTasks,
    rollWatched,
    foldReport,
    reconcileAssets(config.reconcileEveryMs),
    cleanUp,
  ];
  const jobs = stack.use(
    await startJobs({
      jobs: jobList,
      context,
      database,
      nats,
      lease: streams.leaseBucket,
      scope: "monitoring",
      holder: `${config.instance}-${crypto.randomUUID()}`,
      log,
      clock,
    }),
  );
  stack.use(observeTasks(context));

  // RPCs
  const { jwksFile, jwksUrl, issuer, audience } = config.auth;
  const server = stack.use(
    await startServer({
      host: config.host,
      grpcPort: config.grpcPort,
      httpPort: config.httpPort,
      routes: routes(context),
      verifier: createVerifier({
        issuer,
        audience,
        ...(jwksFile === undefined ? {} : { jwksFile }),
        ...(jwksUrl === undefined ? {} : { jwksUrl }),
      }),
      log,
      isReady: () => nats.isConnected(),
      reflection: config.reflection,
      allowedOrigins: config.allowedOrigins,
    }),
  );
  probe.setStarted();
  probe.setReady(true);
  log.info("service.started", { grpcUrl: server.grpcUrl, httpUrl: server.httpUrl });

  const owned = stack.move();
  return {
    grpcUrl: server.grpcUrl,
    httpUrl: server.httpUrl,
    runNow: (job, jobSignal) => jobs.runNow(job, jobSignal),
    async drain(drainSignal) {
      await relay.drain(drainSignal);
      for (const consumer of consumers) await consumer.drain(drainSignal);
    },
    async [Symbol.asyncDispose]() {
      probe.setReady(false);
      await owned.disposeAsync();
    },
  };
}
