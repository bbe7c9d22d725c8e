import type { NoticeChannel } from "@dozor/integration/notices/notice-channel";
import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import type { Provider } from "./clients/provider.ts";
import type { Geography } from "./geography/geography.ts";

/** What RPCs, consumers and jobs work with. Each names the fields it uses. */
export type Context = {
  database: Database;
  geography: Geography;
  providers: readonly ConfiguredProvider[];
  /** How the administrator is told. */
  channels: readonly NoticeChannel[];
  clock: Clock;
  log: Log;
  /** Ours counts days in this zone. */
  businessTimeZone: string;
  /** How old the newest complete poll may be for silence to mean something. */
  healthToleranceMs: number;
  /** Has the job of that name run soon, without waiting for it. */
  wake(job: string): void;
  /** Runs the job and waits for its end; rejects as it does. */
  runJob(job: string, signal: AbortSignal): Promise<void>;
};

export type ConfiguredProvider = { provider: Provider; everyMs: number; historyDays: number };

/** The day it is in the business time zone, YYYY-MM-DD. */
export function businessDateOf({ clock, businessTimeZone }: Pick<Context, "clock" | "businessTimeZone">): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: businessTimeZone }).format(clock.now());
}
