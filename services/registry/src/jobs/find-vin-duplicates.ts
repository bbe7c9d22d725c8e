import { syncFindings } from "@dozor/integration/findings/sync-findings";
import type { Job } from "@dozor/runtime/job";
import type { RegistryContext } from "../context.ts";
import type { AfterPollJob } from "../job-names.ts";
import { duplicateVins } from "../store/asset-doubts.ts";

/** Finds one VIN leased twice at once. A change of one asset, or a day that passes, may settle the doubt about another, so all are looked at. */
export const findVinDuplicates: Job<RegistryContext> = {
  name: "find-vin-duplicates" satisfies AfterPollJob,
  everyMs: 900_000,
  async runOnce({ clock, businessTimeZone }, run) {
    const businessDate = new Intl.DateTimeFormat("en-CA", { timeZone: businessTimeZone }).format(clock.now());
    await run.commit("finding.vin_duplicate", (tx) =>
      syncFindings(tx, { rule: "vin_duplicate", entityKind: "asset" }, duplicateVins(tx, businessDate)),
    );
  },
};
