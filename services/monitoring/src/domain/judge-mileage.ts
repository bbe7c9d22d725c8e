import type { MileageCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { above, type Judgement, type Terms, unknown } from "./judgement.ts";
import { dayMs, timestampMs } from "./timestamps.ts";

const yearDays = 365.25;

/** Driven more than so many per cent of the yearly plan, in proportion to the days between the readings. Measured in kilometres. */
export function judgeMileage(condition: MileageCondition, terms: Terms, facts: AssetFacts): Judgement {
  const planKmPerYear = terms.plannedMileageKmPerYear;
  if (planKmPerYear === undefined || planKmPerYear <= 0) return unknown("no_plan");
  const { mileage } = facts;
  if (mileage?.firstAt === undefined || mileage.lastAt === undefined || mileage.readingCount < 2)
    return unknown("no_odometer");
  const observedDays = (timestampMs(mileage.lastAt) - timestampMs(mileage.firstAt)) / dayMs;
  if (observedDays < condition.minObservedDays) return unknown("no_odometer");
  return above(mileage.distanceKm, ((condition.percent / 100) * planKmPerYear * observedDays) / yearDays);
}
