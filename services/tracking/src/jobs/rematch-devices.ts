import type { Job } from "@dozor/runtime/job";
import { businessDateOf, type Context } from "../context.ts";
import { retireReturnedAssets } from "../store/directory.ts";
import { lockMatching, matchSittings, sittingsNaming } from "../store/matching.ts";
import { queueVisits } from "../store/visit-queue.ts";

const assetsPerCommit = 500;

/** Takes devices off assets whose return date has come; no event tells that. */
export const rematchDevices: Job<Context> = {
  name: "rematch-devices",
  everyMs: 900_000,
  atStart: true,
  async runOnce(context, run) {
    for (;;) {
      run.signal.throwIfAborted();
      const isDone = await run.commit("devices.rematch", async (tx) => {
        await lockMatching(tx);
        const touched = await retireReturnedAssets(tx, businessDateOf(context), assetsPerCommit);
        if (touched === undefined) return true;
        await queueVisits(tx, await matchSittings(tx, await sittingsNaming(tx, touched)));
        return false;
      });
      if (isDone) return;
    }
  },
};
