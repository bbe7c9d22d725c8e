import { defaultStreamNames, type StreamNames } from "@dozor/proto/streams";
import { configReader, type Env } from "@dozor/runtime/config";
import { type LogLevel, logLevels } from "@dozor/runtime/log";
import { Cron } from "croner";

export type Config = {
  /** Name of this process among its equals. */
  instance: string;
  logLevel: LogLevel;
  host: string;
  grpcPort: number;
  httpPort: number;
  probePort: number;
  allowedOrigins: readonly string[];
  reflection: boolean;
  databaseUrl: string;
  databasePoolMax: number;
  migrate: boolean;
  natsUrl: string;
  streamNames: StreamNames;
  streamReplicas: number;
  leaseTtlMs: number;
  auth: { issuer: string; audience: string; jwksFile: string | undefined; jwksUrl: string | undefined };
  /** File with the token by which this service calls others; read for every call, so that it can be renewed. */
  serviceTokenFile: string;
  registryUrl: string;
  trackingUrl: string;
  timeZone: string;
  /** When the run of a business date is due, in the business time zone; undefined: only by StartRun. */
  dailyRunCron: string | undefined;
  /** From the question to the moment at which a check has failed. */
  checkDeadlineMs: number;
  /** Assets of one chunk, at most 500. At 200 an answer is some 150 KB, and judging it stays within the memory of a small container. */
  chunkSize: number;
  /** A violation found within so many days of a resolution reopens the task instead of making a new one; 0: never. */
  reopenWithinDays: number;
  seedIndicators: boolean;
  verdictRetentionDays: number;
  reconcileEveryMs: number;
  otlpEndpoint: string | undefined;
};

/** Reads all settings and throws one error that names every problem. */
export function readConfig(env: Env): Config {
  const read = configReader(env);
  const timeZone = read.string("DOZOR_BUSINESS_TIME_ZONE", { default: "Europe/Moscow" });
  if (!isTimeZone(timeZone)) read.problem("DOZOR_BUSINESS_TIME_ZONE is not a time zone such as Europe/Moscow");
  const cron = read.string("MONITORING_DAILY_RUN_CRON", { default: "0 6 * * *" });
  if (cron !== "off" && !isCron(cron)) read.problem('MONITORING_DAILY_RUN_CRON is neither a cron expression nor "off"');
  const jwksFile = read.optional("DOZOR_AUTH_JWKS_FILE");
  const jwksUrl = read.optional("DOZOR_AUTH_JWKS_URL");
  if (jwksFile === undefined && jwksUrl === undefined)
    read.problem("DOZOR_AUTH_JWKS_FILE or DOZOR_AUTH_JWKS_URL is missing");
  const config: Config = {
    instance: read.string("DOZOR_INSTANCE", { default: `monitoring-${process.pid}` }),
    logLevel: read.oneOf("DOZOR_LOG_LEVEL", logLevels, { default: "info" }),
    host: read.string("MONITORING_HOST", { default: "127.0.0.1" }),
    grpcPort: read.integer("MONITORING_GRPC_PORT", { default: 15_130, min: 0, max: 65_535 }),
    httpPort: read.integer("MONITORING_HTTP_PORT", { default: 15_131, min: 0, max: 65_535 }),
    probePort: read.integer("MONITORING_PROBE_PORT", { default: 15_132, min: 0, max: 65_535 }),
    allowedOrigins: read.list("DOZOR_ALLOWED_ORIGINS", { default: [] }),
    reflection: read.boolean("DOZOR_REFLECTION", { default: true }),
    databaseUrl: read.secret("MONITORING_DATABASE_URL"),
    databasePoolMax: read.integer("MONITORING_DATABASE_POOL_MAX", { default: 10, min: 4, max: 100 }),
    migrate: read.boolean("MONITORING_MIGRATE", { default: true }),
    natsUrl: read.string("DOZOR_NATS_URL", { default: "nats://127.0.0.1:15140" }),
    streamNames: {
      registry: read.string("DOZOR_STREAM_REGISTRY", { default: defaultStreamNames.registry }),
      checks: read.string("DOZOR_STREAM_CHECKS", { default: defaultStreamNames.checks }),
      facts: read.string("DOZOR_STREAM_FACTS", { default: defaultStreamNames.facts }),
      leases: read.string("DOZOR_LEASES_BUCKET", { default: defaultStreamNames.leases }),
      subjectPrefix: read.string("DOZOR_SUBJECT_PREFIX", { default: defaultStreamNames.subjectPrefix }),
    },
    streamReplicas: read.integer("DOZOR_STREAM_REPLICAS", { default: 1, min: 1, max: 5 }),
    leaseTtlMs: read.durationMs("DOZOR_LEASE_TTL", { default: "30s", minMs: 1_000 }),
    auth: {
      issuer: read.string("DOZOR_AUTH_ISSUER", { default: "dozor-local" }),
      audience: read.string("DOZOR_AUTH_AUDIENCE", { default: "dozor" }),
      jwksFile,
      jwksUrl,
    },
    serviceTokenFile: read.string("MONITORING_SERVICE_TOKEN_FILE"),
    registryUrl: read.url("MONITORING_REGISTRY_URL", { default: "http://127.0.0.1:15110" }),
    trackingUrl: read.url("MONITORING_TRACKING_URL", { default: "http://127.0.0.1:15120" }),
    timeZone,
    dailyRunCron: cron === "off" ? undefined : cron,
    checkDeadlineMs: read.durationMs("MONITORING_CHECK_DEADLINE", { default: "10m", minMs: 1_000 }),
    chunkSize: read.integer("MONITORING_CHUNK_SIZE", { default: 200, min: 1, max: 500 }),
    reopenWithinDays: read.integer("MONITORING_REOPEN_WITHIN_DAYS", { default: 0, min: 0, max: 366 }),
    seedIndicators: read.boolean("MONITORING_SEED_INDICATORS", { default: true }),
    verdictRetentionDays: read.integer("MONITORING_VERDICT_RETENTION_DAYS", { default: 400, min: 1, max: 36_500 }),
    reconcileEveryMs: read.durationMs("MONITORING_RECONCILE_EVERY", { default: "1h", minMs: 1_000 }),
    otlpEndpoint: read.optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
  };
  read.done();
  return config;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isCron(expression: string): boolean {
  try {
    new Cron(expression, { paused: true });
    return true;
  } catch {
    return false;
  }
}
