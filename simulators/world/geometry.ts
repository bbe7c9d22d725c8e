const EARTH_RADIUS_KM = 6371.0088;

export interface Point {
  /** Degrees, WGS 84. */
  lat: number;
  lon: number;
}

/** Great-circle distance, km. */
export function distanceKm(a: Point, b: Point): number {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The point that lies `km` from `from` in the direction `bearing` (degrees, 0 is north). */
export function pointAt(from: Point, km: number, bearing: number): Point {
  const rad = Math.PI / 180;
  const angle = km / EARTH_RADIUS_KM;
  const lat1 = from.lat * rad;
  const lat = Math.asin(Math.sin(lat1) * Math.cos(angle) + Math.cos(lat1) * Math.sin(angle) * Math.cos(bearing * rad));
  const lon =
    from.lon * rad +
    Math.atan2(
      Math.sin(bearing * rad) * Math.sin(angle) * Math.cos(lat1),
      Math.cos(angle) - Math.sin(lat1) * Math.sin(lat),
    );
  return { lat: round(lat / rad, 6), lon: round(lon / rad, 6) };
}

/** Even-odd rule on one ring of [lon, lat] pairs. */
export function inRing(point: Point, ring: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    if (yi > point.lat !== yj > point.lat && point.lon < ((xj - xi) * (point.lat - yi)) / (yj - yi) + xi)
      inside = !inside;
  }
  return inside;
}

/** Distance from a point to the nearest edge of a ring, km; flat approximation, good below some hundred kilometres. */
export function distanceToRingKm(point: Point, ring: readonly (readonly [number, number])[]): number {
  const kmPerLat = 111.195;
  const kmPerLon = kmPerLat * Math.cos((point.lat * Math.PI) / 180);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] ?? [0, 0];
    const [xj, yj] = ring[j] ?? [0, 0];
    const ax = (xj - point.lon) * kmPerLon;
    const ay = (yj - point.lat) * kmPerLat;
    const dx = (xi - xj) * kmPerLon;
    const dy = (yi - yj) * kmPerLat;
    const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(ax + along * dx, ay + along * dy));
  }
  return best;
}

/** Convex hull of points, counter-clockwise, closed, as [lon, lat] pairs. */
export function convexHull(points: readonly Point[]): [number, number][] {
  const sorted = points.map((p): [number, number] => [p.lon, p.lat]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: [number, number][]) => {
    const chain: [number, number][] = [];
    for (const point of list) {
      for (;;) {
        const b = chain.at(-1);
        const a = chain.at(-2);
        if (a === undefined || b === undefined) break;
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const ring = [...half(sorted), ...half(sorted.reverse())];
  const first = ring[0];
  return first === undefined ? ring : [...ring, first];
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
