import type { Client } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import type { Config } from "./config.ts";
import type { IndicatorVersions } from "./steps/indicator-versions.ts";

/** What handlers, consumers and jobs are given; each names the part it uses. */
export type Context = {
  config: Config;
  database: Database;
  clock: Clock;
  log: Log;
  versions: IndicatorVersions;
  registry: Client<typeof RegistryService>;
  tracking: Client<typeof TrackingService>;
  zones: Client<typeof ZoneService>;
  /** Has the job of that name run soon, without waiting for it. */
  wake(job: string): void;
  /** Runs jobs one after another, some of which may fail, and answers when the last ended; goes on when the caller does not wait. */
  runJobs(names: readonly string[]): Promise<void>;
  /** Runs the job and waits for its end. */
  runJob(job: string, signal: AbortSignal): Promise<void>;
};
