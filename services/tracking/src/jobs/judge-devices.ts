import { measureScores, saveScores } from "@dozor/integration/findings/scores";
import { syncFindings } from "@dozor/integration/findings/sync-findings";
import type { Job } from "@dozor/runtime/job";
import { businessDateOf, type Context } from "../context.ts";
import { judgedEntities, missingTrackers, refusedDevices, unmatchedDevices } from "../store/device-doubts.ts";

/**
 * Finds assets that are to carry a tracker and carry none, and devices that nobody knows where they are; measures how far each provider can be trusted. All are
 * looked at, since a day that passes changes the answer without any event.
 */
export function judgeDevices(trackerMissingDays: number): Job<Context> {
  return {
    name: "judge-devices",
    everyMs: 900_000,
    async runOnce(context, run) {
      const now = context.clock.now();
      const businessDate = businessDateOf(context);
      await run.commit("finding.tracker_missing", (tx) =>
        syncFindings(
          tx,
          { rule: "tracker_missing", entityKind: "asset" },
          missingTrackers(tx, { businessDate, now, days: trackerMissingDays }),
        ),
      );
      await run.commit("finding.device_unmatched", (tx) =>
        syncFindings(tx, { rule: "device_unmatched", entityKind: "device" }, unmatchedDevices(tx, now)),
      );
      await run.commit("source_score.measure", async (tx) => {
        await saveScores(tx, await measureScores(tx, judgedEntities(tx, now, businessDate), refusedDevices(tx)));
      });
    },
  };
}
