import { join } from "node:path";
import { busOf, durables } from "@dozor/proto/streams";
import { type Overrides, openFoundation, type Service } from "@dozor/runtime/foundation";
import packageJson from "../package.json";
import { createClients } from "./clients/clients.ts";
import type { Config } from "./config.ts";
import { applyAssetSnapshots } from "./consumers/apply-asset-snapshots.ts";
import { judgeFacts } from "./consumers/judge-facts.ts";
import type { Context } from "./context.ts";
import { cleanUp } from "./jobs/clean-up.ts";
import { driveRuns } from "./jobs/drive-runs.ts";
import { foldReport } from "./jobs/fold-report.ts";
import { reconcileAssets, reconcileAssetsThoroughly } from "./jobs/reconcile-assets.ts";
import { rollWatched } from "./jobs/roll-watched.ts";
import { startDailyRun } from "./jobs/start-daily-run.ts";
import { wakeSnoozedTasks } from "./jobs/wake-snoozed-tasks.ts";
import { observeTasks } from "./observe-tasks.ts";
import { routes } from "./rpc/routes.ts";
import { indicatorVersions } from "./steps/indicator-versions.ts";
import { seedIndicators } from "./steps/seed-indicators.ts";

export const migrations = [{ name: "monitoring", dir: join(import.meta.dir, "../migrations") }];

/** What is wrong? Judges what tracking knows of the assets that registry has, and keeps the tasks that follow. */
export async function startService(config: Config, signal: AbortSignal, overrides: Overrides = {}): Promise<Service> {
  await using base = await openFoundation({
    service: "monitoring",
    version: packageJson.version,
    config,
    migrations,
    ...busOf(config),
    signal,
    overrides,
  });
  const { database, clock, log } = base;
  if (config.seedIndicators) await database.transaction("seed indicators", (tx) => seedIndicators(tx, clock.now()));
  const context: Context = {
    config,
    database,
    clock,
    log,
    versions: indicatorVersions(),
    ...createClients(config),
    wake: base.wake,
    runJobs: base.runJobs,
    runJob: base.runJob,
  };
  base.consume(context, applyAssetSnapshots, durables.monitoringAssets);
  base.consume(context, judgeFacts, durables.monitoringFacts);
  await base.startJobs(context, [
    startDailyRun,
    driveRuns,
    wakeSnoozedTasks,
    rollWatched,
    foldReport,
    reconcileAssets(config.reconcileEveryMs),
    reconcileAssetsThoroughly(config.reconcileCron, config.timeZone),
    cleanUp,
  ]);
  base.use(observeTasks(context));
  return await base.serve(routes(context));
}
