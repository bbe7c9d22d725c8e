import { DAY_MS, HOUR_MS, moscowMidnight } from "../calendar.ts";
import { DEFAULT_RADIUS_KM } from "../contracts.ts";
import { distanceKm } from "../geometry.ts";
import { NORTH_CAUCASUS } from "../regions.ts";
import type { Register } from "../register.ts";
import type { World } from "../world.ts";
import { FORBIDDEN_PREFIX, isInZone, PERMITTED_PREFIX, zonesAround } from "../zones.ts";
import type { Facts, FactsLimits, Reading } from "./facts.ts";
import { identityOf } from "./identity.ts";
import { lookUp, type Standing } from "./watching.ts";

export const INDICATORS = [
  "outside_agreed_region",
  "in_north_caucasus",
  "far_from_agreed_location",
  "no_contact",
  "no_fix",
  "tracker_missing",
  "trackers_disagree",
  "mileage_over_plan",
  "counterparty_dissolved_or_bankrupt",
  "inn_ogrn_disagree",
  "in_forbidden_zone",
  "outside_home_zones",
] as const;

export type Indicator = (typeof INDICATORS)[number];

/** `violated`, `clear`, or `unknown` with its reason. */
export type Verdict = "violated" | "clear" | { unknown: string };

const CONTACT_SILENCE_MAX_MS = 3 * DAY_MS;
const FIX_SILENCE_MAX_MS = 7 * DAY_MS;
const INSTALLATION_TERM_MS = 7 * DAY_MS;
const COMPARABLE_MS = 48 * HOUR_MS;
const DISAGREEMENT_KM = 5;
const MILEAGE_SPAN_MIN_MS = 7 * DAY_MS;
const MILEAGE_TOLERANCE = 1.1;

/** What each default indicator must say of one watched asset. */
export function verdictsOf(
  world: World,
  register: Register,
  standing: Standing,
  facts: Facts | "ambiguous",
  limits: FactsLimits,
): Record<Indicator, Verdict> {
  const party = partyVerdicts(world, register, standing);
  if (facts === "ambiguous") return { ...everyTracker({ unknown: "ambiguous_identity" }), ...party };
  const missing = trackerMissing(standing, facts, limits);
  if (facts.sitting.length === 0)
    return { ...everyTracker({ unknown: "no_device" }), tracker_missing: missing, ...party };
  return {
    ...regionVerdicts(standing, facts),
    far_from_agreed_location: farFromAgreedLocation(standing, facts),
    no_contact: silence(facts.lastContactMs, facts, limits, CONTACT_SILENCE_MAX_MS),
    no_fix: silence(facts.lastFixMs, facts, limits, FIX_SILENCE_MAX_MS),
    tracker_missing: missing,
    trackers_disagree: trackersDisagree(facts),
    mileage_over_plan: mileageOverPlan(standing, facts),
    ...zoneVerdicts(world, facts),
    ...party,
  };
}

type TrackerIndicator = Exclude<Indicator, "counterparty_dissolved_or_bankrupt" | "inn_ogrn_disagree">;

function everyTracker(verdict: Verdict): Record<TrackerIndicator, Verdict> {
  return {
    ...{
      outside_agreed_region: verdict,
      in_north_caucasus: verdict,
      far_from_agreed_location: verdict,
      no_contact: verdict,
    },
    ...{ no_fix: verdict, tracker_missing: verdict, trackers_disagree: verdict, mileage_over_plan: verdict },
    ...{ in_forbidden_zone: verdict, outside_home_zones: verdict },
  };
}

function regionVerdicts({ contract }: Standing, { regionFix }: Facts) {
  const region = regionFix?.region ?? null;
  const unknown =
    regionFix === null ? { unknown: "no_fix" } : region === null ? { unknown: "outside_known_regions" } : null;
  const agreed = contract?.region ?? null;
  const outside = agreed === null ? { unknown: "no_agreed_region" } : (unknown ?? when(region !== agreed));
  return {
    outside_agreed_region: outside,
    in_north_caucasus: unknown ?? when(region !== null && NORTH_CAUCASUS.has(region)),
  };
}

function farFromAgreedLocation({ contract }: Standing, { zoneFix }: Facts): Verdict {
  if (contract?.lat == null || contract.lon == null) return { unknown: "no_agreed_location" };
  if (zoneFix === null) return { unknown: "no_fix" };
  return when(distanceKm(zoneFix, { lat: contract.lat, lon: contract.lon }) > (contract.radiusKm ?? DEFAULT_RADIUS_KM));
}

/** Silence is counted from the last sign of life, or from the installation when there was none. */
function silence(lastMs: number | null, facts: Facts, { asOfMs }: FactsLimits, maxMs: number): Verdict {
  const sinceMs = lastMs ?? Math.min(...facts.sitting.map((sitting) => sitting.fromMs));
  return when(asOfMs - sinceMs > maxMs);
}

function trackerMissing(standing: Standing, facts: Facts, { asOfMs }: FactsLimits): Verdict {
  if (standing.nomenclature?.trackerExpected !== true || facts.sitting.length > 0) return "clear";
  if (standing.handedOverOn === null) return "violated";
  return when(asOfMs - moscowMidnight(standing.handedOverOn) > INSTALLATION_TERM_MS);
}

function trackersDisagree({ perDevice }: Facts): Verdict {
  if (perDevice.length < 2) return "clear";
  const fixes = perDevice.flatMap(({ zoneFix }) => (zoneFix === null ? [] : [zoneFix]));
  const pairs = fixes.flatMap((a, index) => fixes.slice(index + 1).map((b) => ({ a, b })));
  const comparable = pairs.filter(({ a, b }) => Math.abs(a.atMs - b.atMs) <= COMPARABLE_MS);
  if (comparable.length === 0) return { unknown: "no_comparable_fixes" };
  return when(comparable.some(({ a, b }) => distanceKm(a, b) > DISAGREEMENT_KM));
}

function mileageOverPlan({ contract, handedOverOn }: Standing, { perDevice }: Facts): Verdict {
  const planKm = contract?.planKmPerYear ?? null;
  if (planKm === null) return { unknown: "no_plan" };
  const speaker = perDevice.toSorted((a, b) => (b.lastContactMs ?? 0) - (a.lastContactMs ?? 0))[0];
  const handedOverMs = handedOverOn === null ? Number.NEGATIVE_INFINITY : moscowMidnight(handedOverOn);
  const readings = (speaker?.readings ?? []).filter((reading) => reading.atMs >= handedOverMs);
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < MILEAGE_SPAN_MIN_MS)
    return { unknown: "no_odometer" };
  const allowedKm = (MILEAGE_TOLERANCE * planKm * (last.atMs - first.atMs)) / DAY_MS / 365.25;
  return when(kmDriven(readings) > allowedKm);
}

/** Falls of the odometer are not driving. */
function kmDriven(readings: readonly Reading[]): number {
  let driven = 0;
  readings.forEach((reading, index) => {
    driven += Math.max(0, reading.km - (readings[index - 1]?.km ?? reading.km));
  });
  return driven;
}

function zoneVerdicts(world: World, { zoneFix }: Facts) {
  if (zoneFix === null) return { in_forbidden_zone: { unknown: "no_fix" }, outside_home_zones: { unknown: "no_fix" } };
  const within = (prefix: string) =>
    zonesAround(world.zones, zoneFix).some((zone) => zone.name.startsWith(prefix) && isInZone(zoneFix, zone.geometry));
  return { in_forbidden_zone: when(within(FORBIDDEN_PREFIX)), outside_home_zones: when(!within(PERMITTED_PREFIX)) };
}

function partyVerdicts(world: World, register: Register, { contract }: Standing) {
  const lessee = lookUp(world, "counterparty", contract?.lessee ?? null);
  if (lessee === null) {
    const unknown: Verdict = { unknown: "no_lessee" };
    return { counterparty_dissolved_or_bankrupt: unknown, inn_ogrn_disagree: unknown };
  }
  const { identity, record } = identityOf(register, lessee);
  const state: Verdict =
    record === null ? { unknown: "not_found" } : when(record.state === "dissolved" || record.state === "bankrupt");
  const agreed = identity === "match" || identity === "duplicate_inn";
  const disagreed = identity === "predecessor_or_successor" || identity === "conflict";
  return {
    counterparty_dissolved_or_bankrupt: state,
    inn_ogrn_disagree: agreed || disagreed ? when(disagreed) : { unknown: identity },
  };
}

function when(violated: boolean): Verdict {
  return violated ? "violated" : "clear";
}
