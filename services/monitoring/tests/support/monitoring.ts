import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { ReportService } from "@dozor/proto/monitoring/v1/report";
import { RunService } from "@dozor/proto/monitoring/v1/run";
import { TaskService } from "@dozor/proto/monitoring/v1/task";
import { TraceService } from "@dozor/proto/monitoring/v1/trace";
import { WatchService } from "@dozor/proto/monitoring/v1/watch";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { durables, subject, topics, topology } from "@dozor/proto/streams";
import type { Role } from "@dozor/runtime/auth";
import { createGrpcClient } from "@dozor/runtime/client";
import { type FixedClock, fixedClock } from "@dozor/runtime/clock";
import type { Service } from "@dozor/runtime/foundation";
import { provision } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats } from "@dozor/runtime/nats-connection";
import { testDatabase } from "@dozor/testkit/database";
import { freePort } from "@dozor/testkit/free-port";
import { testNats } from "@dozor/testkit/nats";
import { testIssuer } from "@dozor/testkit/tokens";
import { readConfig } from "../../src/config.ts";
import { migrations, startService } from "../../src/service.ts";
import { type FakeServices, startFakeServices } from "./fake-services.ts";
import { type FakeTracking, startFakeTracking } from "./fake-tracking.ts";

export type Clients = {
  indicators: Client<typeof IndicatorService>;
  runs: Client<typeof RunService>;
  tasks: Client<typeof TaskService>;
  reports: Client<typeof ReportService>;
  watch: Client<typeof WatchService>;
  trace: Client<typeof TraceService>;
  deadLetters: Client<typeof DeadLetterService>;
  reconciliation: Client<typeof ReconciliationService>;
};
export type Monitoring = AsyncDisposable & {
  services: Service[];
  service: Service;
  clock: FixedClock;
  sql: Awaited<ReturnType<typeof testDatabase>>["sql"];
  tracking: FakeTracking;
  others: FakeServices;
  /** Calls as somebody with these roles, to the first instance. */
  as(roles: Role | readonly Role[], subject?: string): Clients;
  publishAssets(snapshots: readonly AssetSnapshot[]): Promise<void>;
  /** Publishes what registry then has too, and waits until every instance has nothing left. */
  applyAssets(snapshots: readonly AssetSnapshot[]): Promise<void>;
  drain(): Promise<void>;
};

/** Noon in Moscow of a Sunday. */
export const today = "2026-11-22";
export const now = new Date("2026-11-22T09:00:00Z");

/** Monitoring on a database and a corner of NATS of its own, with a clock that stands and other services that answer from tables. */
export async function startMonitoring({
  instances = 1,
  env = {},
  at = now,
}: {
  instances?: number;
  /** What the clock shows at first. */
  at?: Date;
  env?: Record<string, string>;
} = {}): Promise<Monitoring> {
  await using stack = new AsyncDisposableStack();
  const issuer = stack.use(await testIssuer());
  const db = stack.use(await testDatabase(migrations));
  const corner = stack.use(await testNats());
  const names = {
    registry: `${corner.prefix}_REGISTRY`,
    checks: `${corner.prefix}_CHECKS`,
    facts: `${corner.prefix}_FACTS`,
    leases: `${corner.prefix}_leases`,
    subjectPrefix: corner.subjectPrefix,
  };
  const nats = stack.use(await connectNats({ url: corner.url, name: "test", log: silentLog }));
  const leaseTtlMs = 6_000;
  const smaller = topology(names, { replicas: 1, leaseTtlMs });
  await provision(nats, smaller);
  const tracking = stack.use(await startFakeTracking(corner.url, names, durables.trackingChecks));
  const others = stack.use(await startFakeServices(issuer.verifier));
  const tokenFile = join(tmpdir(), `dozor-token-${crypto.randomUUID()}`);
  await writeFile(tokenFile, await issuer.token("service", "monitoring"));
  stack.defer(() => rm(tokenFile, { force: true }));
  const clock = fixedClock(at);
  const services: Service[] = [];
  for (let index = 0; index < instances; index++) {
    const config = readConfig({
      DOZOR_INSTANCE: `monitoring-${index + 1}`,
      MONITORING_GRPC_PORT: String(await freePort()),
      MONITORING_HTTP_PORT: String(await freePort()),
      MONITORING_PROBE_PORT: String(await freePort()),
      MONITORING_DATABASE_URL: db.url,
      MONITORING_DATABASE_POOL_MAX: "6",
      DOZOR_NATS_URL: corner.url,
      DOZOR_STREAM_REGISTRY: names.registry,
      DOZOR_STREAM_CHECKS: names.checks,
      DOZOR_STREAM_FACTS: names.facts,
      DOZOR_LEASES_BUCKET: names.leases,
      DOZOR_SUBJECT_PREFIX: names.subjectPrefix,
      DOZOR_LEASE_TTL: String(leaseTtlMs),
      DOZOR_AUTH_ISSUER: issuer.issuer,
      DOZOR_AUTH_AUDIENCE: issuer.audience,
      DOZOR_AUTH_JWKS_FILE: issuer.jwksFile,
      MONITORING_SERVICE_TOKEN_FILE: tokenFile,
      MONITORING_REGISTRY_URL: others.url,
      MONITORING_TRACKING_URL: others.url,
      MONITORING_DAILY_RUN_CRON: "off",
      ...env,
    });
    services.push(stack.use(await startService(config, new AbortController().signal, { clock, log: silentLog })));
  }
  const [service] = services;
  if (service === undefined) throw new Error("start monitoring: no instance was asked for");
  const owned = stack.move();
  const drain = async () => {
    for (const each of services) await each.drain(AbortSignal.timeout(20_000));
  };
  const publishAssets = async (snapshots: readonly AssetSnapshot[]) => {
    const published = snapshots.map((snapshot) =>
      nats.jetstream.publish(subject(names, topics.asset, 0), toBinary(AssetSnapshotSchema, snapshot), {
        msgID: crypto.randomUUID(),
      }),
    );
    await Promise.all(published);
  };
  return {
    services,
    service,
    clock,
    sql: db.sql,
    tracking,
    others,
    as(roles, subjectName) {
      const options = { baseUrl: service.grpcUrl, token: () => issuer.token(roles, subjectName), attemptsMax: 1 };
      return {
        indicators: createGrpcClient(IndicatorService, options),
        runs: createGrpcClient(RunService, options),
        tasks: createGrpcClient(TaskService, options),
        reports: createGrpcClient(ReportService, options),
        watch: createGrpcClient(WatchService, options),
        trace: createGrpcClient(TraceService, options),
        deadLetters: createGrpcClient(DeadLetterService, options),
        reconciliation: createGrpcClient(ReconciliationService, options),
      };
    },
    publishAssets,
    async applyAssets(snapshots) {
      // Registry has what it published; a comparison at start would remove what it does not have.
      for (const snapshot of snapshots) {
        const known = others.registryAssets.get(snapshot.assetId);
        if (known === undefined || snapshot.version > known.version)
          others.registryAssets.set(snapshot.assetId, snapshot);
      }
      await publishAssets(snapshots);
      await drain();
    },
    drain,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
