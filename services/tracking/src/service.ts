import { join } from "node:path";
import { deliverMessages } from "@dozor/integration/deliver";
import { integrationMigrations } from "@dozor/integration/migrations";
import { noticeSender } from "@dozor/integration/notices/notice-sender";
import { noticeChannels } from "@dozor/integration/notices/read-notices";
import { tidyJournal } from "@dozor/integration/tidy-journal";
import { busOf, durables } from "@dozor/proto/streams";
import type { Database } from "@dozor/runtime/database";
import { type Overrides, openFoundation, type Service } from "@dozor/runtime/foundation";
import packageJson from "../package.json";
import type { OpenGate } from "./clients/provider.ts";
import { createXKeeper } from "./clients/x-keeper.ts";
import type { Config } from "./config.ts";
import { answerChecks } from "./consumers/answer-checks.ts";
import { applyAssetSnapshots } from "./consumers/apply-asset-snapshots.ts";
import type { ConfiguredProvider, Context } from "./context.ts";
import { createGeography } from "./geography/geography.ts";
import { addPartitionsAhead } from "./jobs/add-partitions.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { judgeDevices } from "./jobs/judge-devices.ts";
import { observeAssets } from "./jobs/observe-assets.ts";
import { pollProvider } from "./jobs/poll-provider.ts";
import { rematchDevices } from "./jobs/rematch-devices.ts";
import { updateStaleVisits } from "./jobs/update-stale-visits.ts";
import { routes } from "./rpc/routes.ts";
import { openCallGate } from "./store/call-gate.ts";
import { writeCall } from "./store/journal.ts";
import { registerProviders } from "./store/provider-state.ts";

export const migrations = [integrationMigrations, { name: "tracking", dir: join(import.meta.dir, "../migrations") }];

/** What is known of it? States where the devices of assets are and were, and never what that means. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using base = await openFoundation({
    service: "tracking",
    version: packageJson.version,
    config,
    migrations,
    ...busOf(config),
    signal,
    overrides,
  });
  const { database } = base;
  await registerProviders(database.sql, config.providers);
  const channels = noticeChannels(config.notices);
  const context: Context = {
    database,
    channels,
    geography: await createGeography(),
    providers: configuredProviders(config, database),
    clock: base.clock,
    log: base.log,
    businessTimeZone: config.timeZone,
    healthToleranceMs: config.healthToleranceMs,
    wake: base.wake,
    runJob: base.runJob,
  };
  base.consume(context, applyAssetSnapshots, durables.trackingAssets);
  base.consume(context, answerChecks, durables.trackingChecks);
  await base.startJobs(context, [
    ...context.providers.map(pollProvider),
    updateStaleVisits,
    rematchDevices,
    addPartitionsAhead,
    judgeDevices(config.trackerMissingDays),
    observeAssets,
    cleanUp,
    tidyJournal({ keptDays: config.journalRetentionDays }),
    deliverMessages({ service: "tracking", senders: channels.map(noticeSender), channels, clock: base.clock }),
  ]);
  return await base.serve(routes(context));
}

function configuredProviders(config: Config, database: Database): ConfiguredProvider[] {
  const openGate: OpenGate = (provider, limits) => openCallGate(database, provider, limits);
  return config.providers.map((provider) => ({
    provider: createXKeeper(provider, openGate, (name, call) => writeCall(database, name, call)),
    everyMs: provider.everyMs,
    historyDays: provider.historyDays,
  }));
}
