import type { Job } from "@dozor/runtime/job";
import type { Context } from "../context.ts";
import { updateQueuedVisits } from "../geography/update-visits.ts";
import { queuedAssets } from "../store/visit-queue.ts";

const assetsPerCommit = 200;

/** Works off the assets whose zone visits a change of a zone or of a sitting put out of date. Until then they are answered from history. */
export const updateStaleVisits: Job<Context> = {
  name: "update-stale-visits",
  everyMs: 2_000,
  isDue: async ({ database }) => (await queuedAssets(database.sql, 1)).length > 0,
  async runOnce({ database, geography }, run) {
    for (;;) {
      run.signal.throwIfAborted();
      const assetIds = await queuedAssets(database.sql, assetsPerCommit);
      if (assetIds.length === 0) return;
      await run.commit("visits.update_stale", async (tx) => {
        const { zones } = await geography.current(tx, { isHeld: true });
        await updateQueuedVisits(tx, zones, assetIds);
      });
    }
  },
};
