import { Membership, type RegionCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { subjectsOf } from "./federal-districts.ts";
import { type Judgement, type Terms, unknown } from "./judgement.ts";

/**
 * The federal subject of the newest plausible position against those named; districts stand for their subjects, and the region of the asset's own
 * contract joins them where the condition asks for it.
 */
export function judgeRegion(condition: RegionCondition, terms: Terms, facts: AssetFacts): Judgement {
  if (condition.agreedRegion && terms.agreedRegion === "") return unknown("no_agreed_region");
  if (facts.regionPosition === undefined) return unknown("no_fix");
  const { regionCode } = facts.regionPosition;
  if (regionCode === "") return unknown("outside_known_regions");
  const isNamed =
    namedBy(condition).has(regionCode) || (condition.agreedRegion && subjectsOf([terms.agreedRegion]).has(regionCode));
  return { result: isNamed === (condition.membership === Membership.IN) ? "violated" : "clear" };
}

// A run asks the same condition of every asset, and the list of a district is expanded once.
const expanded = new WeakMap<RegionCondition, ReadonlySet<string>>();

function namedBy(condition: RegionCondition): ReadonlySet<string> {
  const known = expanded.get(condition) ?? subjectsOf(condition.regionCodes);
  expanded.set(condition, known);
  return known;
}
