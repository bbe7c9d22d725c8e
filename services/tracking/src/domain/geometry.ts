/** A closed ring as longitude, latitude, longitude, latitude, … in degrees; the last vertex repeats the first. */
export type Ring = Float64Array;

/** The outer ring, then the holes. */
export type Polygon = readonly Ring[];

export type Shape =
  | { kind: "polygons"; polygons: readonly Polygon[] }
  | { kind: "circle"; lon: number; lat: number; radiusM: number };

/** Degrees. Shapes that cross the antimeridian are given as parts on either side of it. */
export type Box = { west: number; south: number; east: number; north: number };

const earthRadiusM = 6_371_008.8;
const radiansPerDegree = Math.PI / 180;
export const metresPerDegree = earthRadiusM * radiansPerDegree;

/** Great-circle distance in metres. */
export function haversineM(lonA: number, latA: number, lonB: number, latB: number): number {
  const phiA = latA * radiansPerDegree;
  const phiB = latB * radiansPerDegree;
  const halfPhi = Math.sin((phiB - phiA) / 2);
  const halfLambda = Math.sin(((lonB - lonA) * radiansPerDegree) / 2);
  const h = halfPhi * halfPhi + Math.cos(phiA) * Math.cos(phiB) * halfLambda * halfLambda;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

export function isInside(shape: Shape, lon: number, lat: number): boolean {
  if (shape.kind === "circle") return haversineM(shape.lon, shape.lat, lon, lat) <= shape.radiusM;
  return shape.polygons.some((polygon) => isInPolygon(polygon, lon, lat));
}

/** Even-odd ray casting over all rings at once, so that holes need no rule of their own. */
export function isInPolygon(polygon: Polygon, lon: number, lat: number): boolean {
  let inside = false;
  for (const ring of polygon) if (crossesOddly(ring, lon, lat)) inside = !inside;
  return inside;
}

function crossesOddly(ring: Ring, lon: number, lat: number): boolean {
  let odd = false;
  let lonA = ring[0] ?? 0;
  let latA = ring[1] ?? 0;
  for (let i = 2; i + 1 < ring.length; i += 2) {
    // The bounds are checked by the loop; an undefined here cannot happen and would only fail the comparison.
    const lonB = ring[i] as number;
    const latB = ring[i + 1] as number;
    if (latA > lat !== latB > lat && lon < ((lonB - lonA) * (lat - latA)) / (latB - latA) + lonA) odd = !odd;
    lonA = lonB;
    latA = latB;
  }
  return odd;
}

/** Metres from a point to the nearest edge of the shape, whichever side of it the point is on. */
export function distanceToBoundaryM(shape: Shape, lon: number, lat: number): number {
  if (shape.kind === "circle") return Math.abs(haversineM(shape.lon, shape.lat, lon, lat) - shape.radiusM);
  let nearest = Number.POSITIVE_INFINITY;
  for (const polygon of shape.polygons) {
    for (const ring of polygon) nearest = Math.min(nearest, distanceToRingM(ring, lon, lat));
  }
  return nearest;
}

/** On a plane that touches the earth at the point: within 0.1 % up to a hundred kilometres, which is all that is asked of it. */
function distanceToRingM(ring: Ring, lon: number, lat: number): number {
  const metresPerDegreeLon = metresPerDegree * Math.cos(lat * radiansPerDegree);
  let nearest = Number.POSITIVE_INFINITY;
  let xA = wrapped((ring[0] ?? 0) - lon) * metresPerDegreeLon;
  let yA = ((ring[1] ?? 0) - lat) * metresPerDegree;
  for (let i = 2; i + 1 < ring.length; i += 2) {
    const xB = wrapped((ring[i] as number) - lon) * metresPerDegreeLon;
    const yB = ((ring[i + 1] as number) - lat) * metresPerDegree;
    const dx = xB - xA;
    const dy = yB - yA;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(xA * dx + yA * dy) / length));
    const x = xA + along * dx;
    const y = yA + along * dy;
    nearest = Math.min(nearest, x * x + y * y);
    xA = xB;
    yA = yB;
  }
  return Math.sqrt(nearest);
}

/** A difference of longitudes the short way around. */
function wrapped(degrees: number): number {
  if (degrees > 180) return degrees - 360;
  return degrees < -180 ? degrees + 360 : degrees;
}

export function boxOf(shape: Shape): Box {
  if (shape.kind === "circle") return circleBox(shape.lon, shape.lat, shape.radiusM);
  const box = { west: 180, south: 90, east: -180, north: -90 };
  for (const polygon of shape.polygons) widen(box, polygon);
  return box;
}

export function polygonBox(polygon: Polygon): Box {
  const box = { west: 180, south: 90, east: -180, north: -90 };
  widen(box, polygon);
  return box;
}

function widen(box: Box, polygon: Polygon): void {
  const outer = polygon[0] ?? new Float64Array();
  for (let i = 0; i + 1 < outer.length; i += 2) {
    const lon = outer[i] as number;
    const lat = outer[i + 1] as number;
    if (lon < box.west) box.west = lon;
    if (lon > box.east) box.east = lon;
    if (lat < box.south) box.south = lat;
    if (lat > box.north) box.north = lat;
  }
}

function circleBox(lon: number, lat: number, radiusM: number): Box {
  const latReach = radiusM / metresPerDegree;
  const south = Math.max(-90, lat - latReach);
  const north = Math.min(90, lat + latReach);
  const widest = Math.cos(Math.max(Math.abs(south), Math.abs(north)) * radiansPerDegree);
  const lonReach = widest < 1e-6 ? 360 : latReach / widest;
  // A circle over a pole or the antimeridian is looked for everywhere along its parallels; the exact test decides.
  if (lon - lonReach < -180 || lon + lonReach > 180) return { west: -180, south, east: 180, north };
  return { west: lon - lonReach, south, east: lon + lonReach, north };
}
