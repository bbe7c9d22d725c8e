import { syncFindings } from "@dozor/integration/findings/sync-findings";
import type { Job } from "@dozor/runtime/job";
import type { RegistryContext } from "../context.ts";
import type { AfterPollJob } from "../job-names.ts";
import { assetConflicts, counterpartyConflicts } from "../store/source-conflicts.ts";

/** Finds what two sources say differently of one VIN or of one INN. */
export const findSourceConflicts: Job<RegistryContext> = {
  name: "find-source-conflicts" satisfies AfterPollJob,
  everyMs: 900_000,
  async runOnce(_, run) {
    const rule = "source_conflict";
    await run.commit("finding.source_conflict", async (tx) => {
      await syncFindings(tx, { rule, entityKind: "asset" }, assetConflicts(tx));
      await syncFindings(tx, { rule, entityKind: "counterparty" }, counterpartyConflicts(tx));
    });
  },
};
