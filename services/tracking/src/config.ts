import { type NoticesConfig, readNotices } from "@dozor/integration/notices/read-notices";
import { defaultStreamNames, type StreamNames, streamVariables } from "@dozor/proto/streams";
import { configReader, type Env } from "@dozor/runtime/config";
import type { Section } from "@dozor/runtime/config-section";
import { checkPeer, readServiceConfig, readServiceSection, type ServiceConfig } from "@dozor/runtime/service-config";

export type Config = ServiceConfig<StreamNames> & {
  providers: readonly ProviderConfig[];
  /** A provider whose newest complete poll began longer than this before the instant asked about says nothing about silence. */
  healthToleranceMs: number;
  /** Days without a device after which an asset that is to carry one is a finding. */
  trackerMissingDays: number;
  notices: NoticesConfig;
  journalRetentionDays: number;
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
  const common = readServiceConfig(read, {
    service: "tracking",
    portBase: 15_120,
    streamNames: defaultStreamNames,
    streamVariables,
  });
  const fromFile = await readServiceSection(read, env, "tracking", readTracking);
  read.done();
  return { ...common, ...fromFile };
}

/** The section "tracking" of the configuration file. An installation without providers is allowed: every asset then has no device. */
function readTracking(tracking: Section): Omit<Config, keyof ServiceConfig> {
  const providers = tracking.sections("providers").map(readProvider);
  for (const [index, { name }] of providers.entries())
    if (providers.findIndex((other) => other.name === name) !== index)
      tracking.problem(`two providers are named "${name}"`);
  const healthToleranceMs = tracking.durationMs("healthTolerance", { default: "6h" });
  const trackerMissingDays = tracking.integer("trackerMissingDays", { default: 7, min: 0, max: 366 });
  const notices = readNotices(tracking);
  const journalRetentionDays = tracking.integer("journalRetentionDays", { default: 90, min: 1, max: 3_650 });
  tracking.noOther();
  return { providers, healthToleranceMs, trackerMissingDays, notices, journalRetentionDays };
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
  checkPeer(provider, config);
  if (config.everyMs < 1_000) provider.problem("every is shorter than a second");
  provider.noOther();
  return config;
}
