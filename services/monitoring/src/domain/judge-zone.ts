import { Membership, type ZoneCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { type Judgement, unknown } from "./judgement.ts";

/** Inside any of the zones (IN), or outside all of them (NOT_IN). Unknown without a position good enough for zones. */
export function judgeZone(condition: ZoneCondition, facts: AssetFacts): Judgement {
  if (facts.zonePosition === undefined) return unknown("no_fix");
  const named = new Set(condition.zoneIds);
  const isInside = facts.zones.some(({ zoneId }) => named.has(zoneId));
  return { result: isInside === (condition.membership === Membership.IN) ? "violated" : "clear" };
}
