import { join } from "node:path";
import { durables, subject, topology } from "@dozor/proto/streams";
import { createVerifier } from "@dozor/runtime/auth";
import { type Clock, systemClock } from "@dozor/runtime/clock";
import { startConsumer } from "@dozor/runtime/consume";
import { type Database, openDatabase } from "@dozor/runtime/database";
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
import type { OpenGate } from "./clients/provider.ts";
import { createXKeeper } from "./clients/x-keeper.ts";
import type { Config } from "./config.ts";
import { answerChecks } from "./consumers/answer-checks.ts";
import { applyAssetSnapshots } from "./consumers/apply-asset-snapshots.ts";
import type { ConfiguredProvider, Context } from "./context.ts";
import { createGeography } from "./geography/geography.ts";
import { addPartitionsAhead } from "./jobs/add-partitions.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { observeAssets } from "./jobs/observe-assets.ts";
import { pollProvider } from "./jobs/poll-provider.ts";
import { rematchDevices } from "./jobs/rematch-devices.ts";
import { updateStaleVisits } from "./jobs/update-stale-visits.ts";
import { routes } from "./rpc/routes.ts";
import { openCallGate } from "./store/call-gate.ts";
import { registerProviders } from "./store/provider-state.ts";

export type Service = AsyncDisposable & {
  grpcUrl: string;
  httpUrl: string;
  /** Runs a job of this service now, through its lease and epoch. */
  runNow(job: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the consumers have nothing left and the outbox is published. */
  drain(signal?: AbortSignal): Promise<void>;
};
export type Overrides = { clock?: Clock; log?: Log };

export const migrations = [{ name: "tracking", dir: join(import.meta.dir, "../migrations") }];

/** What is known of it? States where the devices of assets are and were, and never what that means. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const version = packageJson.version;
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog({ service: "tracking", version, level: config.logLevel });
  observeProcess({ service: "tracking", version });

  // Resources
  stack.use(startTelemetry({ service: "tracking", version, instance: config.instance, endpoint: config.otlpEndpoint }));
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
  await registerProviders(database.sql, config.providers);
  signal.throwIfAborted();
  const nats = stack.use(await connectNats({ url: config.natsUrl, name: config.instance, log, signal }));
  const streams = topology(config.streamNames, { replicas: config.streamReplicas, leaseTtlMs: config.leaseTtlMs });
  await verify(nats, streams);
  const background = stack.adopt(new Set<Promise<unknown>>(), async (tasks) => void (await Promise.allSettled(tasks)));
  const context: Context = {
    database,
    geography: await createGeography(),
    providers: configuredProviders(config, database),
    clock,
    log,
    businessTimeZone: config.timeZone,
    healthToleranceMs: config.healthToleranceMs,
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
    stack.use(startConsumer({ ...resources, consumer: applyAssetSnapshots, spec: specOf(durables.trackingAssets) })),
    stack.use(startConsumer({ ...resources, consumer: answerChecks, spec: specOf(durables.trackingChecks) })),
  ];

  // Jobs
  const jobList: Job<Context>[] = [
    ...context.providers.map(pollProvider),
    updateStaleVisits,
    rematchDevices,
    addPartitionsAhead,
    observeAssets,
    cleanUp,
  ];
  const jobs = stack.use(
    await startJobs({
      jobs: jobList,
      context,
      database,
      nats,
      lease: streams.leaseBucket,
      scope: "tracking",
      holder: `${config.instance}-${crypto.randomUUID()}`,
      log,
      clock,
    }),
  );

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
      for (const consumer of consumers) await consumer.drain(drainSignal);
      await relay.drain(drainSignal);
    },
    async [Symbol.asyncDispose]() {
      probe.setReady(false);
      await owned.disposeAsync();
    },
  };
}

function configuredProviders(config: Config, database: Database): ConfiguredProvider[] {
  const openGate: OpenGate = (provider, limits) => openCallGate(database, provider, limits);
  return config.providers.map((provider) => ({
    provider: createXKeeper(provider, openGate),
    everyMs: provider.everyMs,
    historyDays: provider.historyDays,
  }));
}
