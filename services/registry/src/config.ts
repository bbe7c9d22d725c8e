import { type NoticesConfig, readNotices } from "@dozor/integration/notices/read-notices";
import { type ReceiverConfig, readReceivers } from "@dozor/integration/receivers/read-receivers";
import { defaultStreamNames, type StreamNames, streamVariables } from "@dozor/proto/streams";
import { configReader, type Env } from "@dozor/runtime/config";
import type { Section } from "@dozor/runtime/config-section";
import {
  checkPeer,
  isTimeZone,
  readServiceConfig,
  readServiceSection,
  type ServiceConfig,
} from "@dozor/runtime/service-config";
import type { Mapping } from "./domain/mapping.ts";
import { overriddenMapping } from "./domain/overridden-mapping.ts";
import { receivableKinds } from "./intake/announce-changes.ts";
import { sampleProblems } from "./sample-problems.ts";

export type Config = ServiceConfig<StreamNames> & {
  sources: readonly SourceConfig[];
  kontur: KonturConfig | undefined;
  receivers: readonly ReceiverConfig[];
  notices: NoticesConfig;
  /** How long finished messages of the journal are kept. */
  journalRetentionDays: number;
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
  const common = readServiceConfig(read, {
    service: "registry",
    portBase: 15_110,
    streamNames: defaultStreamNames,
    streamVariables,
  });
  const fromFile = await readServiceSection(read, env, "registry", (own) => readRegistry(own, common.timeZone));
  // A poll keeps the connection that holds its source's lock, and needs another one to commit.
  if (fromFile.sources.length > common.databasePoolMax - 3)
    read.problem(
      `REGISTRY_DATABASE_POOL_MAX of ${common.databasePoolMax} is too small for ${fromFile.sources.length} sources`,
    );
  read.done();
  return { ...common, ...fromFile };
}

/** The section "registry" of the configuration file. Without sources the service only answers. */
function readRegistry(
  registry: Section,
  timeZone: string,
): Pick<Config, "sources" | "kontur" | "receivers" | "notices" | "journalRetentionDays"> {
  const sources = registry.sections("sources").map((source) => readSource(source, timeZone));
  for (const [index, { name }] of sources.entries())
    if (sources.findIndex((other) => other.name === name) !== index)
      registry.problem(`two sources are named "${name}"`);
  const kontur = registry.has("kontur") ? readKontur(registry.section("kontur")) : undefined;
  const receivers = readReceivers(registry, receivableKinds);
  for (const { name } of receivers)
    if (sources.some((source) => source.name === name)) registry.problem(`a source and a receiver are named "${name}"`);
  const notices = readNotices(registry);
  const journalRetentionDays = registry.integer("journalRetentionDays", { default: 90, min: 1, max: 3_650 });
  registry.noOther();
  return { sources, kontur, receivers, notices, journalRetentionDays };
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
  checkPeer(source, config);
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
  if (!URL.canParse(url)) return url;
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
  checkPeer(kontur, { baseUrl: config.baseUrl });
  if (config.everyMs < 1_000) kontur.problem("every is shorter than a second");
  kontur.noOther();
  return config;
}
