import { assetTraitsAt } from "./assets.ts";
import { contractTermsAt } from "./contracts.ts";
import { distanceKm, type Point, pointAt } from "./geometry.ts";
import { modelAt } from "./nomenclature.ts";
import { CAUCASUS_CITIES, CITIES, type Place, placesIn } from "./places.ts";
import type { Plan } from "./plan.ts";
import { chanceOf, hash, hashText, outcomeAt, type Random, randomFor } from "./random.ts";
import { NORTH_CAUCASUS } from "./regions.ts";
import { SHARES } from "./shares.ts";
import { FORBIDDEN_PREFIX, isInZone, isNearEdge, type ZoneMap, zonesAround } from "./zones.ts";

export type Scenario = "home" | "roamer" | "far" | "other-region" | "north-caucasus" | "forbidden-zone";

/** A point and the subject it is known to lie in. */
export interface Spot extends Point {
  region: string;
}

/** Where an asset spends its days: at `home` before `switchDay` (days from day zero), at `after` from then on. */
export interface Track {
  scenario: Scenario;
  home: Spot[];
  after: Spot[];
  switchDay: number;
}

// A flight of 4,500 km within a day stays below the speed at which a fix is not believed.
const LONGEST_MOVE_KM = 4500;
const SCENARIO_STREAM = hashText("scenario");
const SPOT_STREAM = hashText("spot");

export function trackAt(plan: Plan, zones: ZoneMap, asset: number): Track {
  const random = randomFor(plan.seed, "track", asset);
  const terms = contractTermsAt(plan, plan.contractOfAsset[asset] ?? 0);
  const spreadKm = Math.min(terms.place.spreadKm * 0.5, terms.radiusKm * 0.5);
  const anchor = clearOfEdges(zones, random, terms.home, spreadKm, terms.place.region);
  const home = around(zones, random, anchor, 1.4);
  const wanted = scenarioAt(plan, asset);
  const after = destination(zones, random, wanted, terms, anchor);
  return {
    scenario: after === null ? "home" : wanted,
    home,
    after: after ?? home,
    switchDay: wanted === "roamer" ? -1000 : -random.int(3, 6),
  };
}

/** Where the asset stands on a day; all its trackers agree on it. */
export function spotOn(plan: Plan, track: Track, asset: number, day: number): Spot {
  const spots = day >= track.switchDay ? track.after : track.home;
  const spot = spots[hash(plan.seed, SPOT_STREAM, asset, day) % spots.length];
  if (spot === undefined) throw new Error(`asset ${asset} has no spot on day ${day}`);
  return spot;
}

/** A spot far from the asset's own but in the same subject, where a contradicting tracker claims to be. */
export function decoyAt(plan: Plan, zones: ZoneMap, track: Track, asset: number): Spot | null {
  const random = randomFor(plan.seed, "decoy", asset);
  const from = track.after[0];
  if (from === undefined) return null;
  const others = placesIn(from.region).filter((place) => distanceKm(place, from) > 8);
  if (others.length === 0) return null;
  const place = random.pick(others);
  return clearOfEdges(zones, random, place, 1, place.region);
}

/** What happens to an asset, if its corner of the world allows it. */
export function scenarioAt(plan: Plan, asset: number): Scenario {
  const { place } = SHARES;
  const { kind } = modelAt(assetTraitsAt(plan, asset).model);
  const scenario = outcomeAt<Scenario>(chanceOf(plan.seed, SCENARIO_STREAM, asset), [
    ["far", place.far],
    ["other-region", place.otherRegion],
    ["north-caucasus", place.northCaucasus],
    ["forbidden-zone", place.forbiddenZone],
    ["roamer", kind === "truck" || kind === "passenger_car" ? place.roamer : 0],
  ]);
  return scenario ?? "home";
}

/** The spots of a scenario, or null when this asset's corner of the world cannot play it. */
function destination(
  zones: ZoneMap,
  random: Random,
  scenario: Scenario,
  terms: { place: Place; home: Point; radiusKm: number },
  anchor: Spot,
): Spot[] | null {
  const { place, home, radiusKm } = terms;
  const stand = (target: Place | undefined) =>
    target === undefined
      ? null
      : around(
          zones,
          random,
          clearOfEdges(zones, random, target, Math.min(3, target.spreadKm * 0.4), target.region),
          0.8,
        );
  switch (scenario) {
    case "home":
      return null;
    case "roamer": {
      const reach = placesIn(place.region).filter((stop) => distanceKm(stop, home) < radiusKm - 8);
      const stops = Array.from({ length: Math.min(5, reach.length) }, () => random.pick(reach));
      return [anchor, ...stops.map((stop) => clearOfEdges(zones, random, stop, 1, stop.region))];
    }
    case "far": {
      const reach = placesIn(place.region).filter((stop) => distanceKm(stop, home) > radiusKm * 1.03 + 6);
      return reach.length === 0 ? null : stand(random.pick(reach));
    }
    case "other-region":
      return stand(
        Array.from({ length: 8 }, () => random.pick(CITIES)).find(
          (city) =>
            city.region !== place.region &&
            !NORTH_CAUCASUS.has(city.region) &&
            distanceKm(city, home) < LONGEST_MOVE_KM,
        ),
      );
    case "north-caucasus": {
      const city = random.pick(CAUCASUS_CITIES);
      return distanceKm(city, home) < LONGEST_MOVE_KM ? stand(city) : null;
    }
    case "forbidden-zone": {
      const spot = zones.forbiddenSpots.find((one) => one.place.region === place.region);
      return spot === undefined ? null : around(zones, random, { ...spot.point, region: spot.place.region }, 0.15);
    }
  }
}

function around(zones: ZoneMap, random: Random, center: Spot, km: number): Spot[] {
  return [center, ...[1, 2].map(() => clearOfEdges(zones, random, center, km, center.region))];
}

function isForbidden(zones: ZoneMap, point: Point): boolean {
  return zonesAround(zones, point).some(
    (zone) => zone.name.startsWith(FORBIDDEN_PREFIX) && isInZone(point, zone.geometry),
  );
}

/** A point within `km` of the centre that no zone's edge comes near, so that in or out of it is beyond doubt; only who
 * begins in a forbidden zone ends in one. */
function clearOfEdges(zones: ZoneMap, random: Random, center: Point, km: number, region: string): Spot {
  let point: Point = center;
  const intruder = isForbidden(zones, center);
  for (let attempt = 0; attempt < 12; attempt++) {
    point = pointAt(center, km * Math.sqrt(random.next()), random.next() * 360);
    if (!isNearEdge(zones, point, 0.33) && isForbidden(zones, point) === intruder) break;
  }
  return { lat: point.lat, lon: point.lon, region };
}
