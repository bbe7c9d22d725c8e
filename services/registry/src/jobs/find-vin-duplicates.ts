import { EntityKind } from "@dozor/proto/registry/v1/entities";
import type { Job } from "@dozor/runtime/jobs";
import type { RegistryContext } from "../context.ts";
import type { AfterPollJob } from "../job-names.ts";
import { readDuplicateVins } from "../store/asset-doubts.ts";
import { syncFindings } from "../store/finding.ts";

/** Finds one VIN on several leased assets. A change of one asset may settle the doubt about another, so all are looked at. */
export const findVinDuplicates: Job<RegistryContext> = {
  name: "find-vin-duplicates" satisfies AfterPollJob,
  everyMs: 900_000,
  async runOnce(_, run) {
    await run.commit("finding.vin_duplicate", async (tx) => {
      const duplicates = await readDuplicateVins(tx);
      const current = duplicates.map(({ assetId, evidence }) => ({ entityId: assetId, evidence }));
      await syncFindings(tx, "vin_duplicate", EntityKind.ASSET, undefined, current);
    });
  },
};
