import { defaultStreamNames, type StreamNames } from "@dozor/proto/streams";
import { configReader, type Env, readConfigFile } from "@dozor/runtime/config";
import { type Section, section } from "@dozor/runtime/config-section";
import { type LogLevel, logLevels } from "@dozor/runtime/log";

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
  timeZone: string;
  providers: readonly ProviderConfig[];
  /** A provider whose newest complete poll began longer than this before the instant asked about says nothing about silence. */
  healthToleranceMs: number;
  otlpEndpoint: string | undefined;
};

export type ProviderConfig = {
  name: string;
  adapter: "x-keeper";
  baseUrl: string;
  token: string;
  everyMs: number;
  callsPerSecond: number;
  /** How far back the first poll asks. */
  historyDays: number;
  timeoutMs: number;
  /** Pause before the first repetition of a failed call. */
  retryDelayMs: number;
  devicesPerPage: number;
  contactsPerPage: number;
};

/** Reads the environment and the file it names, and throws one error that names every problem. */
export async function readConfig(env: Env): Promise<Config> {
  const read = configReader(env);
  const file = env.DOZOR_CONFIG_FILE === undefined ? {} : await readConfigFile(env.DOZOR_CONFIG_FILE);
  const problems: string[] = [];
  const fromFile = readTracking(section(file ?? {}, "", problems).section("tracking"));
  for (const problem of problems) read.problem(`${env.DOZOR_CONFIG_FILE}: ${problem}`);
  const timeZone = read.string("DOZOR_BUSINESS_TIME_ZONE", { default: "Europe/Moscow" });
  if (!isTimeZone(timeZone)) read.problem("DOZOR_BUSINESS_TIME_ZONE is not a time zone such as Europe/Moscow");
  const jwksFile = read.optional("DOZOR_AUTH_JWKS_FILE");
  const jwksUrl = read.optional("DOZOR_AUTH_JWKS_URL");
  if (jwksFile === undefined && jwksUrl === undefined)
    read.problem("DOZOR_AUTH_JWKS_FILE or DOZOR_AUTH_JWKS_URL is missing");
  const config: Config = {
    instance: read.string("DOZOR_INSTANCE", { default: `tracking-${process.pid}` }),
    logLevel: read.oneOf("DOZOR_LOG_LEVEL", logLevels, { default: "info" }),
    host: read.string("TRACKING_HOST", { default: "127.0.0.1" }),
    grpcPort: read.integer("TRACKING_GRPC_PORT", { default: 15_120, min: 0, max: 65_535 }),
    httpPort: read.integer("TRACKING_HTTP_PORT", { default: 15_121, min: 0, max: 65_535 }),
    probePort: read.integer("TRACKING_PROBE_PORT", { default: 15_122, min: 0, max: 65_535 }),
    allowedOrigins: read.list("DOZOR_ALLOWED_ORIGINS", { default: [] }),
    reflection: read.boolean("DOZOR_REFLECTION", { default: true }),
    databaseUrl: read.secret("TRACKING_DATABASE_URL"),
    databasePoolMax: read.integer("TRACKING_DATABASE_POOL_MAX", { default: 10, min: 4, max: 100 }),
    migrate: read.boolean("TRACKING_MIGRATE", { default: true }),
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
    timeZone,
    ...fromFile,
    otlpEndpoint: read.optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
  };
  read.done();
  return config;
}

/** The section "tracking" of the configuration file. An installation without providers is allowed: every asset then has no device. */
function readTracking(tracking: Section): Pick<Config, "providers" | "healthToleranceMs"> {
  const providers = tracking.sections("providers").map(readProvider);
  for (const [index, { name }] of providers.entries())
    if (providers.findIndex((other) => other.name === name) !== index)
      tracking.problem(`two providers are named "${name}"`);
  const healthToleranceMs = tracking.durationMs("healthTolerance", { default: "6h" });
  tracking.noOther();
  return { providers, healthToleranceMs };
}

function readProvider(provider: Section): ProviderConfig {
  const config: ProviderConfig = {
    name: provider.string("name"),
    adapter: provider.oneOf("adapter", ["x-keeper"]),
    baseUrl: provider.string("baseUrl"),
    token: provider.secret("token"),
    everyMs: provider.durationMs("every", { default: "15m" }),
    callsPerSecond: provider.number("callsPerSecond", { default: 5, min: 0.01, max: 1_000 }),
    historyDays: provider.number("historyDays", { default: 30, min: 0, max: 3_660 }),
    timeoutMs: provider.durationMs("timeout", { default: "2m" }),
    retryDelayMs: provider.durationMs("retryDelay", { default: "1s" }),
    devicesPerPage: provider.integer("devicesPerPage", { default: 500, min: 1, max: 1_000 }),
    contactsPerPage: provider.integer("contactsPerPage", { default: 500, min: 1, max: 5_000 }),
  };
  // The name is part of ids, metrics and the names of jobs.
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(config.name))
    provider.problem("name is not of lower-case Latin letters, digits and hyphens");
  if (!URL.canParse(config.baseUrl) || !/^https?:/.test(config.baseUrl))
    provider.problem("baseUrl is not an http address");
  if (config.everyMs < 1_000) provider.problem("every is shorter than a second");
  provider.noOther();
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
