import { defaultStreamNames, type StreamNames, streamVariables } from "@dozor/proto/streams";
import { configReader, type Env } from "@dozor/runtime/config";
import { readServiceConfig, type ServiceConfig } from "@dozor/runtime/service-config";
import { Cron } from "croner";

export type Config = ServiceConfig<StreamNames> & {
  /** File with the token by which this service calls others; read for every call, so that it can be renewed. */
  serviceTokenFile: string;
  registryUrl: string;
  trackingUrl: string;
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
  /** Between quick comparisons of the projection with registry. */
  reconcileEveryMs: number;
  /** When every asset is compared whole, in the business time zone. */
  reconcileCron: string;
};

/** Reads all settings and throws one error that names every problem. */
export function readConfig(env: Env): Config {
  const read = configReader(env);
  const common = readServiceConfig(read, {
    service: "monitoring",
    portBase: 15_130,
    streamNames: defaultStreamNames,
    streamVariables,
  });
  const cron = read.string("MONITORING_DAILY_RUN_CRON", { default: "0 6 * * *" });
  if (cron !== "off" && !isCron(cron)) read.problem('MONITORING_DAILY_RUN_CRON is neither a cron expression nor "off"');
  const reconcileCron = read.string("MONITORING_RECONCILE_CRON", { default: "30 3 * * *" });
  if (!isCron(reconcileCron)) read.problem("MONITORING_RECONCILE_CRON is not a cron expression");
  const config: Config = {
    ...common,
    reconcileCron,
    serviceTokenFile: read.string("MONITORING_SERVICE_TOKEN_FILE"),
    registryUrl: read.url("MONITORING_REGISTRY_URL", { default: "http://127.0.0.1:15110" }),
    trackingUrl: read.url("MONITORING_TRACKING_URL", { default: "http://127.0.0.1:15120" }),
    dailyRunCron: cron === "off" ? undefined : cron,
    checkDeadlineMs: read.durationMs("MONITORING_CHECK_DEADLINE", { default: "10m", minMs: 1_000 }),
    chunkSize: read.integer("MONITORING_CHUNK_SIZE", { default: 200, min: 1, max: 500 }),
    reopenWithinDays: read.integer("MONITORING_REOPEN_WITHIN_DAYS", { default: 0, min: 0, max: 366 }),
    seedIndicators: read.boolean("MONITORING_SEED_INDICATORS", { default: true }),
    verdictRetentionDays: read.integer("MONITORING_VERDICT_RETENTION_DAYS", { default: 400, min: 1, max: 36_500 }),
    reconcileEveryMs: read.durationMs("MONITORING_RECONCILE_EVERY", { default: "1h", minMs: 1_000 }),
  };
  read.done();
  return config;
}

function isCron(expression: string): boolean {
  try {
    new Cron(expression, { paused: true });
    return true;
  } catch {
    return false;
  }
}
