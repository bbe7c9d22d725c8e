import { fromBinary } from "@bufbuild/protobuf";
import { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { ReceiverService } from "@dozor/proto/registry/v1/receiver";
import { RegistryService } from "@dozor/proto/registry/v1/registry";
import { SourceService } from "@dozor/proto/registry/v1/source";
import { type StreamNames, topology } from "@dozor/proto/streams";
import type { Role } from "@dozor/runtime/auth";
import { createGrpcClient } from "@dozor/runtime/client";
import { fixedClock } from "@dozor/runtime/clock";
import type { Service } from "@dozor/runtime/foundation";
import { provision } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats } from "@dozor/runtime/nats-connection";
import { testDatabase } from "@dozor/testkit/database";
import { freePort } from "@dozor/testkit/free-port";
import { testNats } from "@dozor/testkit/nats";
import { testIssuer } from "@dozor/testkit/tokens";
import type { Config, KonturConfig, SourceConfig } from "../src/config.ts";
import { onecMapping } from "../src/domain/mapping.ts";
import { migrations, startService } from "../src/service.ts";

/** The instant at which every test begins. */
export const noon = new Date("2026-11-20T12:00:00Z");

export type Registry = Awaited<ReturnType<typeof startRegistry>>;
export type RegistryOptions = {
  sources?: Partial<SourceConfig>[];
  kontur?: Partial<KonturConfig>;
  receivers?: Config["receivers"];
  notices?: Config["notices"];
  instances?: number;
};

/** One or two instances of registry on a database and streams of their own, with a clock that stands still. */
export async function startRegistry({
  sources = [],
  kontur,
  receivers = [],
  notices = { webhook: undefined, email: undefined },
  instances = 1,
}: RegistryOptions) {
  await using stack = new AsyncDisposableStack();
  const issuer = stack.use(await testIssuer());
  const database = stack.use(await testDatabase(migrations));
  const corner = stack.use(await testNats());
  const streamNames: StreamNames = {
    registry: `${corner.prefix}_REGISTRY`,
    checks: `${corner.prefix}_CHECKS`,
    facts: `${corner.prefix}_FACTS`,
    leases: `${corner.prefix}_leases`,
    subjectPrefix: corner.subjectPrefix,
  };
  const nats = stack.use(await connectNats({ url: corner.url, name: "registry-test", log: silentLog }));
  const leaseTtlMs = 6_000;
  await provision(nats, topology(streamNames, { replicas: 1, leaseTtlMs }));
  const clock = fixedClock(noon);
  const services: Service[] = [];
  const startInstance = async (changed: Partial<Config> = {}) => {
    const config: Config = {
      instance: `registry-${services.length + 1}`,
      logLevel: "error",
      host: "127.0.0.1",
      grpcPort: await freePort(),
      httpPort: await freePort(),
      probePort: await freePort(),
      allowedOrigins: [],
      reflection: true,
      databaseUrl: database.url,
      databasePoolMax: 6,
      migrate: false,
      natsUrl: corner.url,
      streamNames,
      streamReplicas: 1,
      leaseTtlMs,
      auth: { issuer: issuer.issuer, audience: issuer.audience, jwksFile: issuer.jwksFile, jwksUrl: undefined },
      timeZone: "Europe/Moscow",
      sources: sources.map(sourceConfig),
      kontur: kontur && konturConfig(kontur),
      receivers,
      notices,
      journalRetentionDays: 90,
      otlpEndpoint: undefined,
      ...changed,
    };
    const log = process.env.DOZOR_TEST_LOG === undefined ? silentLog : undefined;
    const service = await startService(config, new AbortController().signal, { clock, ...(log ? { log } : {}) });
    services.push(service);
    return service;
  };
  for (let number = 1; number <= instances; number += 1) stack.use(await startInstance());
  const first = services[0];
  if (first === undefined) throw new Error("start registry for a test: no instance was asked for");
  const clientOptions = (role: Role, service = first) => ({
    baseUrl: service.grpcUrl,
    token: () => issuer.token(role),
    timeoutMs: 120_000,
  });
  // What a test scripts must not meet the poll that every start begins with.
  for (const { name } of sources.map(sourceConfig)) await first.runNow(`poll-${name}`).catch(() => {});
  const owned = stack.move();
  return {
    sql: database.sql,
    database: database.database,
    databaseUrl: database.url,
    clock,
    services,
    service: first,
    streamNames,
    nats,
    entities: (role: Role = "viewer") => createGrpcClient(RegistryService, clientOptions(role)),
    /** One instance more, configured otherwise. */
    async addInstance(changed: Partial<Config>): Promise<Service> {
      return owned.use(await startInstance(changed));
    },
    receivers: (service: Service, role: Role = "integration_admin") =>
      createGrpcClient(ReceiverService, clientOptions(role, service)),
    queue: (service = first) => createGrpcClient(IntegrationQueueService, clientOptions("integration_admin", service)),
    source: (role: Role = "integration_admin") => createGrpcClient(SourceService, clientOptions(role)),
    quality: (role: Role = "integration_admin") => createGrpcClient(DataQualityService, clientOptions(role)),
    token: (role: Role) => issuer.token(role),
    /** Polls, enriches and publishes by the public call, and answers the totals of the first source. */
    async poll(name = "1c") {
      const client = createGrpcClient(SourceService, clientOptions("integration_admin"));
      const { finished, sources: polled } = await client.pollNow({ source: name, waitMs: 100_000 });
      const [state] = polled;
      if (!finished || state === undefined) throw new Error(`poll ${name}: not finished`);
      return state;
    },
    /** What the other services know, by the id that the source uses. */
    async snapshots(): Promise<Map<string, AssetSnapshot>> {
      const rows = await database.sql<{ payload: Uint8Array }[]>`
        select payload from asset_snapshot order by asset_id`;
      const all = rows.map(({ payload }) => fromBinary(AssetSnapshotSchema, payload));
      return new Map(all.map((snapshot) => [snapshot.externalId, snapshot]));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function sourceConfig(given: Partial<SourceConfig>): SourceConfig {
  return {
    name: "1c",
    adapter: "1c-http",
    baseUrl: "http://127.0.0.1:9",
    username: "Дозор",
    password: "dozor",
    // Tests poll by themselves.
    everyMs: 86_400_000,
    timeZone: "Europe/Moscow",
    exchangePlan: "Дозор",
    nodeCode: undefined,
    format: "atom",
    limit: 1_000,
    readTimeoutMs: 30_000,
    acknowledgeTimeoutMs: 10_000,
    bytesMax: 1_073_741_824,
    mapping: onecMapping,
    ...given,
  };
}

function konturConfig(given: Partial<KonturConfig>): KonturConfig {
  return {
    baseUrl: "http://127.0.0.1:9",
    key: "dozor-focus-key",
    everyMs: 86_400_000,
    timeoutMs: 10_000,
    retryDelayMs: 1,
    dailyQuota: 10_000,
    staleAfterMs: 86_400_000,
    ...given,
  };
}
