import type { TrackerMissingCondition } from "@dozor/proto/monitoring/v1/condition";
import { type AssetFacts, Availability } from "@dozor/proto/tracking/v1/facts";
import { unavailability } from "./availability.ts";
import { type Judgement, type Terms, unknown } from "./judgement.ts";
import { dayMs } from "./timestamps.ts";

/** A tracker is expected, none sits on the asset, and the grace after the handover is over. Measured in days since the handover. */
export function judgeTrackerMissing(
  condition: TrackerMissingCondition,
  terms: Terms,
  facts: AssetFacts,
  asOfMs: number,
): Judgement {
  if (facts.availability === Availability.AMBIGUOUS_IDENTITY) return unknown("ambiguous_identity");
  if (!terms.trackerExpected) return { result: "clear" };
  if (facts.availability !== Availability.NO_DEVICE) {
    const reason = unavailability(facts.availability);
    return reason === undefined ? { result: "clear" } : unknown(reason);
  }
  if (!facts.devicesKnown) return unknown("devices_unknown");
  if (terms.handoverAtMs === undefined) return { result: "violated", limit: condition.graceDays };
  const measured = (asOfMs - terms.handoverAtMs) / dayMs;
  return { result: measured > condition.graceDays ? "violated" : "clear", measured, limit: condition.graceDays };
}
