import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Job } from "@dozor/runtime/job";
import { addDays, businessDateOf } from "../domain/business-date.ts";
import { watchReason, watchRecheckOn } from "../domain/watch-rule.ts";
import { readWatchRule } from "../store/watch-rule.ts";
import { countAssetsToRecheck, lockAssetsToRecheck, updateWatched } from "../store/watched-asset.ts";

type RollContext = { clock: Clock; database: Database; config: { timeZone: string } };

const batchSize = 500;

/** Asks the watch rule again about assets whose contract began or ended at midnight, and about all assets when the rule has changed. */
export const rollWatched: Job<RollContext> = {
  name: "roll-watched",
  everyMs: 60_000,
  atStart: true,
  async runOnce({ clock, database, config }, run) {
    for (;;) {
      const date = businessDateOf(clock.now(), config.timeZone);
      const { version } = await readWatchRule(database.sql);
      if ((await countAssetsToRecheck(database.sql, date, version, 1)) === 0) return;
      await run.commit("roll watched", async (tx) => {
        const rule = await readWatchRule(tx);
        const assets = await lockAssetsToRecheck(tx, date, rule.version, batchSize);
        const updates = assets.map(({ assetId, watch }) => ({
          assetId,
          watchReason: watchReason(watch, rule, date),
          watchRecheckOn: watchRecheckOn(watch, date, (day) => addDays(day, 1)),
          watchRuleVersion: rule.version,
        }));
        await updateWatched(tx, updates);
      });
      run.signal.throwIfAborted();
    }
  },
};
