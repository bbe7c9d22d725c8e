import type { AgreedLocationCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { distanceKm } from "./distance.ts";
import { above, type Judgement, type Terms, unknown } from "./judgement.ts";

const radiusKmDefault = 50;

/** Farther from the contract's agreed location than its radius and the margin. Measured in kilometres. */
export function judgeAgreedLocation(condition: AgreedLocationCondition, terms: Terms, facts: AssetFacts): Judgement {
  if (terms.agreedLocation === undefined) return unknown("no_agreed_location");
  if (facts.zonePosition === undefined) return unknown("no_fix");
  const radiusKm = terms.agreedLocation.radiusKm ?? condition.defaultRadiusKm ?? radiusKmDefault;
  return above(distanceKm(facts.zonePosition, terms.agreedLocation), radiusKm + condition.marginKm);
}
