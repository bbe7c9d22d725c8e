import { join } from "node:path";
import { subject, topology } from "@dozor/proto/streams";
import { createVerifier } from "@dozor/runtime/auth";
import { type Clock, systemClock } from "@dozor/runtime/clock";
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
import { konturFocus } from "./clients/kontur-focus.ts";
import { onecHttp } from "./clients/onec-http.ts";
import { onecOData } from "./clients/onec-odata.ts";
import type { Config, SourceConfig } from "./config.ts";
import type { ConfiguredSource, RegistryContext } from "./context.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { enrichCounterparties } from "./jobs/enrich-counterparties.ts";
import { findVinDuplicates } from "./jobs/find-vin-duplicates.ts";
import { pollSource } from "./jobs/poll-source.ts";
import { publishSnapshots } from "./jobs/publish-snapshots.ts";
import { routes } from "./rpc/routes.ts";
import { entityId } from "./store/entity-id.ts";

export type Service = AsyncDisposable & {
  grpcUrl: string;
  httpUrl: string;
  /** Runs a job of this service now, through its lease and epoch. */
  runNow(job: string, signal?: AbortSignal): Promise<void>;
  /** Resolves when the outbox is published. */
  drain(signal?: AbortSignal): Promise<void>;
};
export type Overrides = { clock?: Clock; log?: Log };

export const migrations = [{ name: "registry", dir: join(import.meta.dir, "../migrations") }];

/** What do we watch? Takes the master data from its sources, checks it, and tells the other services what changed. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const version = packageJson.version;
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog({ service: "registry", version, level: config.logLevel });
  observeProcess({ service: "registry", version });

  // Resources
  stack.use(startTelemetry({ service: "registry", version, instance: config.instance, endpoint: config.otlpEndpoint }));
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
  signal.throwIfAborted();
  const nats = stack.use(await connectNats({ url: config.natsUrl, name: config.instance, log, signal }));
  const streams = topology(config.streamNames, { replicas: config.streamReplicas, leaseTtlMs: config.leaseTtlMs });
  await verify(nats, streams);
  const background = stack.adopt(new Set<Promise<void>>(), async (tasks) => void (await Promise.allSettled(tasks)));
  const context: RegistryContext = {
    database,
    clock,
    log,
    sources: new Map(config.sources.map((source) => [source.name, configuredSource(source)])),
    focus: config.kontur && { client: konturFocus(config.kontur), ...config.kontur },
    businessTimeZone: config.timeZone,
    runJobs(names) {
      const running = (async () => {
        // A failing job is logged, and tried again by its own schedule.
        for (const name of names) await jobs.runNow(name).catch(() => {});
      })();
      background.add(running);
      return running.finally(() => background.delete(running));
    },
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

  // Jobs
  const jobList: Job<RegistryContext>[] = [
    ...[...context.sources.values()].map(pollSource),
    enrichCounterparties(config.kontur?.everyMs ?? 3_600_000),
    publishSnapshots,
    findVinDuplicates,
    cleanUp,
  ];
  const jobs = stack.use(
    await startJobs({
      jobs: jobList,
      context,
      database,
      nats,
      lease: streams.leaseBucket,
      scope: "registry",
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
    drain: (drainSignal) => relay.drain(drainSignal),
    async [Symbol.asyncDispose]() {
      probe.setReady(false);
      await owned.disposeAsync();
    },
  };
}

function configuredSource(config: SourceConfig): ConfiguredSource {
  const { name, mapping, timeZone, everyMs } = config;
  const source = config.adapter === "1c-http" ? onecHttp(config) : onecOData(config);
  return {
    source,
    records: { source: name, mapping, timeZone, idOf: (externalId) => entityId(name, externalId) },
    everyMs,
  };
}
