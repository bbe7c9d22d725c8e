import type { NoticeChannel } from "@dozor/integration/notices/notice-channel";
import type { ReceiverConfig } from "@dozor/integration/receivers/read-receivers";
import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import type { KonturFocus } from "./clients/kontur-focus.ts";
import type { Source } from "./clients/source.ts";
import type { RecordContext } from "./domain/record-context.ts";
import type { FollowUps } from "./follow-ups.ts";

/** A source as it is configured, with how its records are to be read. */
export type ConfiguredSource = { source: Source; records: RecordContext; everyMs: number };

/** What handlers and jobs work with; made in service.ts. */
export type RegistryContext = {
  database: Database;
  clock: Clock;
  log: Log;
  sources: ReadonlyMap<string, ConfiguredSource>;
  /** Undefined when no key is configured: counterparties then stay unchecked. */
  focus: { client: KonturFocus; dailyQuota: number; staleAfterMs: number } | undefined;
  /** Outside systems that are sent entities. */
  receivers: readonly ReceiverConfig[];
  /** How the administrator is told of what failed. */
  channels: readonly NoticeChannel[];
  businessTimeZone: string;
  /** Runs jobs one after another, some of which may fail, and answers when the last ended; goes on when the caller does not wait. */
  runJobs(names: readonly string[]): Promise<void>;
  followUps: FollowUps;
};
