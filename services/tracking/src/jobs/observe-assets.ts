import type { Job } from "@dozor/runtime/job";
import { metrics } from "@dozor/runtime/metrics";
import type { Context } from "../context.ts";
import { assetFreshness } from "../store/freshness.ts";

const assets = metrics.gauge({
  name: "tracking_assets",
  help: "Assets with a device, by the age of their last contact",
  labels: ["freshness"],
});

/** Counts how fresh what we know is; for the dashboard only. */
export const observeAssets: Job<Context> = {
  name: "observe-assets",
  everyMs: 60_000,
  async runOnce({ database, clock }) {
    for (const { freshness, assetCount } of await assetFreshness(database.sql, clock.now()))
      assets.set({ freshness }, assetCount);
  },
};
