import { measureScores, saveScores } from "@dozor/integration/findings/scores";
import type { Job } from "@dozor/runtime/job";
import type { RegistryContext } from "../context.ts";
import type { AfterPollJob } from "../job-names.ts";
import { entitiesOfSources, quarantinedEntities } from "../store/quality.ts";

/** Measures how much of what each source said can be trusted. */
export const measureQuality: Job<RegistryContext> = {
  name: "measure-quality" satisfies AfterPollJob,
  everyMs: 900_000,
  async runOnce(_, run) {
    await run.commit("source_score.measure", async (tx) => {
      await saveScores(tx, await measureScores(tx, entitiesOfSources(tx), quarantinedEntities(tx)));
    });
  },
};
