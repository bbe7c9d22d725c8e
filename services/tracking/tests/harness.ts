import type { MessageInitShape } from "@bufbuild/protobuf";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Code, ConnectError } from "@connectrpc/connect";
import type { WebhookConfig } from "@dozor/integration/notices/webhook-channel";
import { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { type StreamNames, subject, topics, topology } from "@dozor/proto/streams";
import {
  type CheckReply,
  CheckReplySchema,
  type CheckRequest,
  CheckRequestSchema,
} from "@dozor/proto/tracking/v1/check";
import { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { ZoneService } from "@dozor/proto/tracking/v1/zone";
import type { Role } from "@dozor/runtime/auth";
import { createGrpcClient } from "@dozor/runtime/client";
import { fixedClock } from "@dozor/runtime/clock";
import type { Service } from "@dozor/runtime/foundation";
import { provision } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats } from "@dozor/runtime/nats-connection";
import { testDatabase } from "@dozor/testkit/database";
import { eventually } from "@dozor/testkit/eventually";
import { freePort } from "@dozor/testkit/free-port";
import { testNats } from "@dozor/testkit/nats";
import { testIssuer } from "@dozor/testkit/tokens";
import type { Config, ProviderConfig } from "../src/config.ts";
import { migrations, startService } from "../src/service.ts";

/** The instant at which every test begins. */
export const noon = new Date("2026-11-20T12:00:00Z");
export const hourMs = 3_600_000;
export const hoursAgo = (hours: number) => new Date(noon.getTime() - hours * hourMs);

export type Tracking = Awaited<ReturnType<typeof startTracking>>;

/** One or two instances of tracking on a database and streams of their own, with a clock that stands still. */
export async function startTracking(options: {
  providers: Partial<ProviderConfig>[];
  instances?: number;
  noticesTo?: WebhookConfig;
}) {
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
  const nats = stack.use(await connectNats({ url: corner.url, name: "tracking-test", log: silentLog }));
  const leaseTtlMs = 6_000;
  await provision(nats, topology(streamNames, { replicas: 1, leaseTtlMs }));
  const clock = fixedClock(noon);
  const services: Service[] = [];
  for (let number = 1; number <= (options.instances ?? 1); number += 1) {
    const config: Config = {
      instance: `tracking-${number}`,
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
      providers: options.providers.map(providerConfig),
      healthToleranceMs: 6 * hourMs,
      trackerMissingDays: 7,
      notices: { webhook: options.noticesTo, email: undefined },
      journalRetentionDays: 90,
      otlpEndpoint: undefined,
    };
    const log = process.env.DOZOR_TEST_LOG === undefined ? silentLog : undefined;
    const service = await startService(config, new AbortController().signal, { clock, ...(log ? { log } : {}) });
    services.push(stack.use(service));
  }
  const first = services[0];
  if (first === undefined) throw new Error("start tracking for a test: no instance was asked for");
  const clientOptions = (role: Role) => ({
    baseUrl: first.grpcUrl,
    token: () => issuer.token(role),
    timeoutMs: 30_000,
  });
  const replies = new Map<string, CheckReply>();
  const subscription = nats.connection.subscribe(`${corner.subjectPrefix}.${topics.facts}.*`);
  const listening = (async () => {
    for await (const message of subscription) {
      const reply = fromBinary(CheckReplySchema, message.data);
      replies.set(reply.checkId, reply);
    }
  })();
  stack.defer(async () => {
    subscription.unsubscribe();
    await listening;
  });
  const publish = async (topic: string, id: string, payload: Uint8Array) => {
    await nats.jetstream.publish(subject(streamNames, topic, 0), payload, { msgID: id });
  };
  // A poll asked for later must not join the one that every start begins with.
  for (const { name } of options.providers.map(providerConfig)) await first.runNow(`poll-${name}`).catch(() => {});
  const owned = stack.move();
  return {
    sql: database.sql,
    database: database.database,
    clock,
    nats,
    streamNames,
    services,
    service: first,
    quality: (role: Role = "viewer") => createGrpcClient(DataQualityService, clientOptions(role)),
    tracking: (role: Role = "viewer") => createGrpcClient(TrackingService, clientOptions(role)),
    zones: (role: Role = "analyst") => createGrpcClient(ZoneService, clientOptions(role)),
    token: (role: Role) => issuer.token(role),
    /** Fetches everything of the provider and brings the zone visits up to date. */
    async poll(provider = "x-keeper") {
      await first.runNow(`poll-${provider}`);
      await first.runNow("update-stale-visits");
    },
    async publishAssets(snapshots: MessageInitShape<typeof AssetSnapshotSchema>[]) {
      for (const each of snapshots) {
        const message: AssetSnapshot = create(AssetSnapshotSchema, {
          contentHash: new Uint8Array(32),
          source: "1c",
          externalId: String(each.assetId),
          ...each,
        });
        await publish(topics.asset, crypto.randomUUID(), toBinary(AssetSnapshotSchema, message));
      }
      for (const service of services) await service.drain(AbortSignal.timeout(20_000));
      await first.runNow("update-stale-visits");
    },
    /** Asks through the stream, as monitoring does, and waits for the answer. */
    async check(request: Omit<MessageInitShape<typeof CheckRequestSchema>, "$typeName">): Promise<CheckReply> {
      const message: CheckRequest = create(CheckRequestSchema, {
        checkId: crypto.randomUUID(),
        runId: "run",
        indicatorId: "indicator",
        indicatorVersion: 1,
        asOf: timestampFromDate(noon),
        ...request,
      });
      await publish(topics.check, crypto.randomUUID(), toBinary(CheckRequestSchema, message));
      return await eventually("the check reply", () => replies.get(message.checkId));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The status that a call ends with; undefined when it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<Code | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return ConnectError.from(error).code;
  }
}

function providerConfig(given: Partial<ProviderConfig>): ProviderConfig {
  return {
    name: "x-keeper",
    adapter: "x-keeper",
    baseUrl: "http://127.0.0.1:9",
    token: "keeper-token",
    // Tests poll by themselves.
    everyMs: 86_400_000,
    callsPerSecond: 1_000,
    historyDays: 30,
    timeoutMs: 5_000,
    retryDelayMs: 1,
    devicesPerPage: 1_000,
    contactsPerPage: 1_000,
    ...given,
  };
}
