import type { TrackersDisagreeCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts, Fix } from "@dozor/proto/tracking/v1/facts";
import { distanceKm } from "./distance.ts";
import { above, type Judgement, unknown } from "./judgement.ts";
import { hourMs, timestampMs } from "./timestamps.ts";

/** The newest good fixes of two devices are close in time and far apart in space. Measured in kilometres over the farthest comparable pair. */
export function judgeTrackersDisagree(condition: TrackersDisagreeCondition, facts: AssetFacts): Judgement {
  if (facts.devices.length < 2) return { result: "clear" };
  const fixes = facts.devices.map((device) => device.lastZoneFix).filter((fix) => fix !== undefined);
  const apartKm = pairsOf(fixes)
    .filter(([a, b]) => isWithin(a, b, condition.withinHours * hourMs))
    .map(([a, b]) => distanceKm(a, b));
  if (apartKm.length === 0) return unknown("no_comparable_fixes");
  return above(Math.max(...apartKm), condition.distanceKm);
}

function pairsOf(fixes: readonly Fix[]): [Fix, Fix][] {
  return fixes.flatMap((a, index) => fixes.slice(index + 1).map((b): [Fix, Fix] => [a, b]));
}

function isWithin(a: Fix, b: Fix, windowMs: number): boolean {
  if (a.at === undefined || b.at === undefined) return false;
  return Math.abs(timestampMs(a.at) - timestampMs(b.at)) <= windowMs;
}
