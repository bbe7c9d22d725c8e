import type { Point } from "./geometry.ts";
import { distanceKm } from "./geometry.ts";
import citiesJson from "./places.json" with { type: "json" };
import type { Random } from "./random.ts";
import { NORTH_CAUCASUS } from "./regions.ts";
import roadsJson from "./roads.json" with { type: "json" };

/**
 * Where things may stand. A place lies so far inside its federal subject that every point within `spreadKm` of it is in
 * that subject by any sensible polygons (4 km and more from the border): what subject an asset is in is then a fact of
 * the world and not a matter of somebody's map. Cities on a coast or border were moved some kilometres inland for it.
 */
export interface Place extends Point {
  name: string;
  /** ISO 3166-2. */
  region: string;
  spreadKm: number;
}

export const CITIES: readonly (Place & { weight: number })[] = citiesJson;

/** Stops on the roads between neighbouring cities. */
export const STOPS: readonly Place[] = roadsJson.flatMap((road) =>
  road.stops.map((stop) => ({
    name: `трасса ${road.from} — ${road.to}`,
    lat: Number(stop[0]),
    lon: Number(stop[1]),
    region: String(stop[2]),
    spreadKm: Number(stop[3]),
  })),
);

const EVERYWHERE: readonly Place[] = [...CITIES, ...STOPS];
const BY_REGION = Map.groupBy(EVERYWHERE, (place) => place.region);
export const CAUCASUS_CITIES = CITIES.filter((city) => NORTH_CAUCASUS.has(city.region));

// Lessors are cautious in the North Caucasus: far fewer contracts are made there than its population suggests.
const WEIGHTS = CITIES.map((city) => city.weight * (NORTH_CAUCASUS.has(city.region) ? 0.2 : 1));
const WEIGHT_SUM = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

export function pickCity(random: Random): Place & { weight: number } {
  let left = random.next() * WEIGHT_SUM;
  for (let i = 0; i < CITIES.length; i++) {
    left -= WEIGHTS[i] ?? 0;
    const city = CITIES[i];
    if (left <= 0 && city !== undefined) return city;
  }
  return random.pick(CITIES);
}

/** Cities and stops of one subject. */
export function placesIn(region: string): readonly Place[] {
  return BY_REGION.get(region) ?? [];
}

/** The subject of a point near a known place, or null where the world cannot tell. */
export function regionNear(point: Point): string | null {
  let best: { region: string; km: number } | undefined;
  for (const place of EVERYWHERE) {
    if (Math.abs(place.lat - point.lat) > 0.2) continue;
    const km = distanceKm(place, point);
    if (km <= place.spreadKm && (best === undefined || km < best.km)) best = { region: place.region, km };
  }
  return best?.region ?? null;
}
