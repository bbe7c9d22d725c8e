import { defaultStreamNames, type StreamNames } from "@dozor/proto/streams";
import { configReader, type Env, readConfigFile } from "@dozor/runtime/config";
import { type Section, section } from "@dozor/runtime/config-section";
import { type LogLevel, logLevels } from "@dozor/runtime/log";
import type { Mapping } from "./domain/mapping.ts";
import { overriddenMapping } from "./domain/overridden-mapping.ts";
import { sampleProblems } from "./sample-problems.ts";

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
  sources: readonly SourceConfig[];
  kontur: KonturConfig | undefined;
  otlpEndpoint: string | undefined;
};

export type SourceConfig = {
  /** Part of every id of the source's entities: it must never change. */
  name: string;
  adapter: "1c-odata" | "1c-http";
  baseUrl: string;
  username: string;
  password: string;
  everyMs: number;
  /** In which the source writes its dates. */
  timeZone: string;
  exchangePlan: string;
  nodeCode: string | undefined;
  format: "atom" | "json";
  /** Objects asked for at once by 1c-http. */
  limit: number;
  readTimeoutMs: number;
  acknowledgeTimeoutMs: number;
  /** Longest answer that is read. */
  bytesMax: number;
  mapping: Mapping;
};

export type KonturConfig = {
  baseUrl: string;
  key: string;
  everyMs: number;
  timeoutMs: number;
  retryDelayMs: number;
  /** Calls on one business day. */
  dailyQuota: number;
  staleAfterMs: number;
};

/** Reads the environment and the file it names, and throws one error that names every problem. */
export async function readConfig(env: Env): Promise<Config> {
  const read = configReader(env);
  const file = env.DOZOR_CONFIG_FILE === undefined ? {} : await readConfigFile(env.DOZOR_CONFIG_FILE);
  const timeZone = read.string("DOZOR_BUSINESS_TIME_ZONE", { default: "Europe/Moscow" });
  if (!isTimeZone(timeZone)) read.problem("DOZOR_BUSINESS_TIME_ZONE is not a time zone such as Europe/Moscow");
  const problems: string[] = [];
  const fromFile = readRegistry(section(file ?? {}, "", problems).section("registry"), timeZone);
  for (const problem of problems) read.problem(`${env.DOZOR_CONFIG_FILE}: ${problem}`);
  const databasePoolMax = read.integer("REGISTRY_DATABASE_POOL_MAX", { default: 10, min: 4, max: 100 });
  // A poll keeps the connection that holds its source's lock, and needs another one to commit.
  if (fromFile.sources.length > databasePoolMax - 3)
    read.problem(
      `REGISTRY_DATABASE_POOL_MAX of ${databasePoolMax} is too small for ${fromFile.sources.length} sources`,
    );
  const jwksFile = read.optional("DOZOR_AUTH_JWKS_FILE");
  const jwksUrl = read.optional("DOZOR_AUTH_JWKS_URL");
  if (jwksFile === undefined && jwksUrl === undefined)
    read.problem("DOZOR_AUTH_JWKS_FILE or DOZOR_AUTH_JWKS_URL is missing");
  const config: Config = {
    instance: read.string("DOZOR_INSTANCE", { default: `registry-${process.pid}` }),
    logLevel: read.oneOf("DOZOR_LOG_LEVEL", logLevels, { default: "info" }),
    host: read.string("REGISTRY_HOST", { default: "127.0.0.1" }),
    grpcPort: read.integer("REGISTRY_GRPC_PORT", { default: 15_110, min: 0, max: 65_535 }),
    httpPort: read.integer("REGISTRY_HTTP_PORT", { default: 15_111, min: 0, max: 65_535 }),
    probePort: read.integer("REGISTRY_PROBE_PORT", { default: 15_112, min: 0, max: 65_535 }),
    allowedOrigins: read.list("DOZOR_ALLOWED_ORIGINS", { default: [] }),
    reflection: read.boolean("DOZOR_REFLECTION", { default: true }),
    databaseUrl: read.secret("REGISTRY_DATABASE_URL"),
    databasePoolMax,
    migrate: read.boolean("REGISTRY_MIGRATE", { default: true }),
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

/** The section "registry" of the configuration file. Without sources the service only answers. */
function readRegistry(registry: Section, timeZone: string): Pick<Config, "sources" | "kontur"> {
  const sources = registry.sections("sources").map((source) => readSource(source, timeZone));
  for (const [index, { name }] of sources.entries())
    if (sources.findIndex((other) => other.name === name) !== index)
      registry.problem(`two sources are named "${name}"`);
  const kontur = registry.has("kontur") ? readKontur(registry.section("kontur")) : undefined;
  registry.noOther();
  return { sources, kontur };
}

function readSource(source: Section, timeZone: string): SourceConfig {
  const adapter = source.oneOf("adapter", ["1c-http", "1c-odata"]);
  const config: SourceConfig = {
    name: source.string("name"),
    adapter,
    baseUrl: publicationUrl(source, adapter),
    username: source.string("username"),
    password: source.secret("password"),
    everyMs: source.durationMs("every", { default: "5m" }),
    timeZone: source.string("timeZone", { default: timeZone }),
    exchangePlan: source.string("exchangePlan", { default: "Дозор" }).replace(/^ExchangePlan_/, ""),
    nodeCode: source.optionalString("nodeCode"),
    format: source.oneOf("format", ["atom", "json"], { default: "atom" }),
    limit: source.integer("limit", { default: 2_000, min: 1, max: 5_000 }),
    readTimeoutMs: source.durationMs("readTimeout", { default: "15m" }),
    acknowledgeTimeoutMs: source.durationMs("acknowledgeTimeout", { default: "30s" }),
    bytesMax: source.integer("bytesMax", { default: 1_073_741_824, min: 1_024 }),
    mapping: overriddenMapping(source.record("mapping"), (problem) => source.problem(`mapping.${problem}`)),
  };
  // The name is part of ids, metrics and the names of jobs.
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(config.name))
    source.problem("name is not of lower-case Latin letters, digits and hyphens");
  if (config.everyMs < 1_000) source.problem("every is shorter than a second");
  const samplesFile = source.optionalString("samplesFile");
  if (samplesFile !== undefined)
    for (const problem of sampleProblems(samplesFile, config)) source.problem(`samplesFile: ${problem}`);
  if (!isTimeZone(config.timeZone)) source.problem("timeZone is not a time zone such as Europe/Moscow");
  source.noOther();
  return config;
}

/** The address of the interface; that of the publication alone is completed by the usual path. */
function publicationUrl(source: Section, adapter: SourceConfig["adapter"]): string {
  const url = source.string("baseUrl").replace(/\/+$/, "");
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    source.problem("baseUrl is not an http address");
    return url;
  }
  const [marker, path] = adapter === "1c-http" ? ["/hs/", "/hs/dozor/v1"] : ["/odata/", "/odata/standard.odata"];
  return url.includes(marker) ? url : `${url}${path}`;
}

function readKontur(kontur: Section): KonturConfig {
  const config: KonturConfig = {
    baseUrl: kontur.string("baseUrl", { default: "https://focus-api.kontur.ru" }),
    key: kontur.secret("key"),
    everyMs: kontur.durationMs("every", { default: "15m" }),
    timeoutMs: kontur.durationMs("timeout", { default: "2m" }),
    retryDelayMs: kontur.durationMs("retryDelay", { default: "1s" }),
    dailyQuota: kontur.integer("dailyQuota", { default: 10_000, min: 0 }),
    staleAfterMs: kontur.number("staleAfterDays", { default: 1, min: 1, max: 365 }) * 86_400_000,
  };
  if (!URL.canParse(config.baseUrl) || !/^https?:/.test(config.baseUrl))
    kontur.problem("baseUrl is not an http address");
  if (config.everyMs < 1_000) kontur.problem("every is shorter than a second");
  kontur.noOther();
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
