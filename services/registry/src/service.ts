import { join } from "node:path";
import { deliverMessages } from "@dozor/integration/deliver";
import { integrationMigrations } from "@dozor/integration/migrations";
import { noticeSender } from "@dozor/integration/notices/notice-sender";
import { noticeChannels } from "@dozor/integration/notices/read-notices";
import { receiverSender } from "@dozor/integration/receivers/receiver-sender";
import { tidyJournal } from "@dozor/integration/tidy-journal";
import { busOf } from "@dozor/proto/streams";
import { type Overrides, openFoundation, type Service } from "@dozor/runtime/foundation";
import packageJson from "../package.json";
import { konturFocus } from "./clients/kontur-focus.ts";
import { onecHttp } from "./clients/onec-http.ts";
import { onecOData } from "./clients/onec-odata.ts";
import type { Config, SourceConfig } from "./config.ts";
import type { ConfiguredSource, RegistryContext } from "./context.ts";
import { followUps } from "./follow-ups.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { enrichCounterparties } from "./jobs/enrich-counterparties.ts";
import { findSourceConflicts } from "./jobs/find-source-conflicts.ts";
import { findVinDuplicates } from "./jobs/find-vin-duplicates.ts";
import { loadReceivers } from "./jobs/load-receivers.ts";
import { measureQuality } from "./jobs/measure-quality.ts";
import { pollSource } from "./jobs/poll-source.ts";
import { publishSnapshots } from "./jobs/publish-snapshots.ts";
import { routes } from "./rpc/routes.ts";
import { entityId } from "./store/entity-id.ts";

export const migrations = [integrationMigrations, { name: "registry", dir: join(import.meta.dir, "../migrations") }];

/** What do we watch? Takes the master data from its sources, checks it, and tells the other services what changed. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using base = await openFoundation({
    service: "registry",
    version: packageJson.version,
    config,
    migrations,
    ...busOf(config),
    signal,
    overrides,
  });
  const channels = noticeChannels(config.notices);
  const context: RegistryContext = {
    database: base.database,
    clock: base.clock,
    log: base.log,
    sources: new Map(config.sources.map((source) => [source.name, configuredSource(source)])),
    focus: config.kontur && { client: konturFocus(config.kontur), ...config.kontur },
    receivers: config.receivers,
    channels,
    businessTimeZone: config.timeZone,
    runJobs: base.runJobs,
    followUps: followUps(base.runJobs),
  };
  await base.startJobs(context, [
    ...[...context.sources.values()].map(pollSource),
    enrichCounterparties(config.kontur?.everyMs ?? 3_600_000),
    publishSnapshots,
    findVinDuplicates,
    findSourceConflicts,
    measureQuality,
    cleanUp,
    loadReceivers,
    tidyJournal({ keptDays: config.journalRetentionDays }),
    deliverMessages({
      service: "registry",
      // Notices first: they must not wait behind a receiver that hangs.
      senders: [...channels.map(noticeSender), ...config.receivers.map(receiverSender)],
      channels,
      clock: base.clock,
    }),
  ]);
  return await base.serve(routes(context));
}

function configuredSource(config: SourceConfig): ConfiguredSource {
  const { name, mapping, timeZone, everyMs } = config;
  const source = config.adapter === "1c-http" ? onecHttp(config) : onecOData(config);
  return {
    source,
    records: { source: name, mapping, timeZone, idOf: (externalId) => entityId(name, externalId) },
    everyMs,
  };
}
