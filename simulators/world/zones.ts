import { DAY_MS, iso } from "./calendar.ts";
import { convexHull, distanceKm, distanceToRingKm, inRing, type Point, pointAt, round } from "./geometry.ts";
import { CITIES, type Place, placesIn } from "./places.ts";
import { randomFor } from "./random.ts";
import { NORTH_CAUCASUS, REGIONS } from "./regions.ts";

type Ring = [number, number][];

export type ZoneGeometry =
  | { type: "Polygon"; coordinates: Ring[] }
  | { type: "MultiPolygon"; coordinates: Ring[][] }
  | { type: "Circle"; center: [number, number]; radiusM: number };

export interface Zone {
  id: string;
  name: string;
  updatedAt: string;
  geometry: ZoneGeometry;
}

/** A point well inside a forbidden zone, and the subject it lies in. */
export interface ForbiddenSpot {
  place: Place;
  point: Point;
}

/** Names begin with these words where the zone is meant for an indicator. */
export const FORBIDDEN_PREFIX = "Запретная";
export const PERMITTED_PREFIX = "Разрешённая";

// Subjects where the lessor permits nothing by default: the North Caucasus and the far islands.
const NOT_PERMITTED = new Set([...NORTH_CAUCASUS, "RU-SAK", "RU-MAG", "RU-NEN", "RU-KGD"]);
const FORBIDDEN_NAMES = ["штрафстоянка", "авторазбор", "порт", "рынок автозапчастей", "приграничная полоса"];
const CLUSTER_KM = 450;
const PERMITTED_MARGIN_KM = 30;

export interface ZoneMap {
  zones: Zone[];
  forbiddenSpots: ForbiddenSpot[];
  /** [west, south, east, north] of each zone, widened by about ten kilometres. */
  boxes: Box[];
  /** Numbers of the zones whose box touches a cell of one degree, by `cellOf`. */
  cells: Map<number, number[]>;
}

type Box = [number, number, number, number];

/** About ninety zones: permitted land by subject, forbidden places near big cities, warehouses. */
export function makeZones(seed: number, createdMs: number): ZoneMap {
  const map: ZoneMap = { zones: [], forbiddenSpots: [], boxes: [], cells: new Map() };
  const add = (name: string, geometry: ZoneGeometry) => {
    const updatedAt = iso(createdMs - ((map.zones.length * 17) % 300) * DAY_MS);
    addZone(map, { id: `z${map.zones.length + 1}`, name, updatedAt, geometry });
  };
  for (const region of Object.keys(REGIONS)) {
    if (NOT_PERMITTED.has(region) || placesIn(region).length === 0) continue;
    add(`${PERMITTED_PREFIX}: ${REGIONS[region]?.name ?? region}`, permittedLand(region));
  }
  CITIES.filter((city) => city.spreadKm >= 6)
    .slice(0, 26)
    .forEach((city, index) => {
      const random = randomFor(seed, "forbidden-zone", index);
      const point = pointAt(city, city.spreadKm * (0.35 + 0.4 * random.next()), random.next() * 360);
      const radiusKm = 0.5 + random.next() * 0.7;
      const name = `${FORBIDDEN_PREFIX}: ${FORBIDDEN_NAMES[index % FORBIDDEN_NAMES.length]}, ${city.name}`;
      add(
        name,
        index % 3 === 0 ? { type: "Polygon", coordinates: [roundRing(point, radiusKm, 12)] } : circle(point, radiusKm),
      );
      map.forbiddenSpots.push({ place: city, point });
    });
  CITIES.slice(0, 30).forEach((city, index) => {
    if (index % 2 === 1) return;
    const random = randomFor(seed, "warehouse", index);
    const point = pointAt(city, city.spreadKm * 0.2 * random.next(), random.next() * 360);
    const geometry = index % 4 === 0 ? circle(point, 0.4) : warehouse(point);
    add(`${city.name}, склад`, geometry);
  });
  return map;
}

/** Zones that a point may be in or near, by their boxes. */
export function zonesAround(map: ZoneMap, point: Point): Zone[] {
  const around: Zone[] = [];
  for (const index of map.cells.get(cellOf(point.lon, point.lat)) ?? []) {
    const [west, south, east, north] = map.boxes[index] ?? [0, 0, 0, 0];
    const zone = map.zones[index];
    if (point.lon < west || point.lon > east || point.lat < south || point.lat > north || zone === undefined) continue;
    around.push(zone);
  }
  return around;
}

/** Whether the edge of any zone passes within `km` (below 10) of a point. */
export function isNearEdge(map: ZoneMap, point: Point, km: number): boolean {
  return zonesAround(map, point).some((zone) => distanceToEdgeKm(point, zone.geometry) <= km);
}

/** Adds a zone to the map, with its box and cells. */
export function addZone(map: ZoneMap, zone: Zone): void {
  const box = boxOf(zone.geometry);
  const [west, south, east, north] = box;
  for (let lon = Math.floor(west); lon <= Math.floor(east); lon++) {
    for (let lat = Math.floor(south); lat <= Math.floor(north); lat++) {
      const cell = map.cells.get(cellOf(lon, lat)) ?? [];
      cell.push(map.zones.length);
      map.cells.set(cellOf(lon, lat), cell);
    }
  }
  map.zones.push(zone);
  map.boxes.push(box);
}

function cellOf(lon: number, lat: number): number {
  return Math.floor(lat) * 1000 + Math.floor(lon);
}

/** Even-odd over the rings of a polygon; distance for a circle. */
export function isInZone(point: Point, geometry: ZoneGeometry): boolean {
  switch (geometry.type) {
    case "Circle":
      return distanceKm(point, { lon: geometry.center[0], lat: geometry.center[1] }) * 1000 <= geometry.radiusM;
    case "Polygon":
      return inPolygon(point, geometry.coordinates);
    case "MultiPolygon":
      return geometry.coordinates.some((polygon) => inPolygon(point, polygon));
  }
}

/** How far a point is from the nearest edge of a zone, km. */
export function distanceToEdgeKm(point: Point, geometry: ZoneGeometry): number {
  switch (geometry.type) {
    case "Circle":
      return Math.abs(
        distanceKm(point, { lon: geometry.center[0], lat: geometry.center[1] }) - geometry.radiusM / 1000,
      );
    case "Polygon":
      return Math.min(...geometry.coordinates.map((ring) => distanceToRingKm(point, ring)));
    case "MultiPolygon":
      return Math.min(...geometry.coordinates.flat().map((ring) => distanceToRingKm(point, ring)));
  }
}

function inPolygon(point: Point, rings: readonly Ring[]): boolean {
  let inside = false;
  for (const ring of rings) if (inRing(point, ring)) inside = !inside;
  return inside;
}

function boxOf(geometry: ZoneGeometry): Box {
  const corners =
    geometry.type === "Circle"
      ? roundRing({ lon: geometry.center[0], lat: geometry.center[1] }, geometry.radiusM / 1000, 8)
      : geometry.type === "Polygon"
        ? geometry.coordinates.flat()
        : geometry.coordinates.flat(2);
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [Math.min(...lons) - 0.3, Math.min(...lats) - 0.1, Math.max(...lons) + 0.3, Math.max(...lats) + 0.1];
}

/** The hull of everything the subject's places can hold; far-off parts become polygons of their own. */
function permittedLand(region: string): ZoneGeometry {
  const polygons = clustersOf(placesIn(region)).map((places): Ring[] => [
    convexHull(
      places.flatMap((place) => roundRing(place, PERMITTED_MARGIN_KM, 10).map(([lon, lat]) => ({ lat, lon }))),
    ),
  ]);
  const [first] = polygons;
  if (polygons.length > 1 || first === undefined) return { type: "MultiPolygon", coordinates: polygons };
  // The closed town inside the permitted land is a hole: nobody may stand there.
  const closed: Ring[] = region === "RU-CHE" ? [roundRing({ lat: 55.73, lon: 60.75 }, 4, 16).reverse()] : [];
  return { type: "Polygon", coordinates: [...first, ...closed] };
}

function clustersOf(places: readonly Place[]): Place[][] {
  const clusters: Place[][] = [];
  for (const place of places) {
    const near = clusters.filter((cluster) => cluster.some((other) => distanceKm(place, other) < CLUSTER_KM));
    const merged = [place, ...near.flat()];
    for (const cluster of near) clusters.splice(clusters.indexOf(cluster), 1);
    clusters.push(merged);
  }
  return clusters;
}

function circle(center: Point, radiusKm: number): ZoneGeometry {
  return { type: "Circle", center: [center.lon, center.lat], radiusM: Math.round(radiusKm * 1000) };
}

function warehouse(center: Point): ZoneGeometry {
  const corners = [45, 135, 225, 315].map((bearing) => pointAt(center, 0.5, bearing));
  const ring = corners.map((corner): [number, number] => [corner.lon, corner.lat]).reverse();
  return { type: "Polygon", coordinates: [[...ring, ...ring.slice(0, 1)]] };
}

function roundRing(center: Point, radiusKm: number, corners: number): Ring {
  const ring: Ring = [];
  for (let i = 0; i < corners; i++) {
    const corner = pointAt(center, radiusKm, 360 - (360 / corners) * i);
    ring.push([round(corner.lon, 5), round(corner.lat, 5)]);
  }
  return [...ring, ...ring.slice(0, 1)];
}
