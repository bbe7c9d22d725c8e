import type { ZoneGeometry } from "../world/zones.ts";

const NAME_LENGTH_MAX = 200;
const VERTICES_MAX = 10_000;

/** A zone to create, or what is wrong with it. */
export function readNewZone(posted: unknown): { name: string; geometry: ZoneGeometry } | string {
  if (typeof posted !== "object" || posted === null) return "the body is no JSON object";
  const { name, geometry } = posted as Record<string, unknown>;
  if (typeof name !== "string" || name.trim() === "" || name.length > NAME_LENGTH_MAX)
    return "name is missing or too long";
  if (typeof geometry !== "object" || geometry === null) return "geometry is missing";
  const { type, coordinates, center, radiusM } = geometry as Record<string, unknown>;
  switch (type) {
    case "Circle":
      if (!isPosition(center) || typeof radiusM !== "number" || !(radiusM > 0))
        return "a circle needs center and radiusM";
      return { name, geometry: { type, center, radiusM } };
    case "Polygon":
      if (!isPolygon(coordinates)) return "a polygon needs closed rings of [lon, lat]";
      return { name, geometry: { type, coordinates } };
    case "MultiPolygon":
      if (!Array.isArray(coordinates) || coordinates.length === 0 || !coordinates.every(isPolygon))
        return "a multipolygon needs polygons";
      return { name, geometry: { type, coordinates } };
    default:
      return `unknown geometry ${String(type)}`;
  }
}

function isPolygon(value: unknown): value is [number, number][][] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((ring) => {
    if (!Array.isArray(ring) || ring.length < 4 || ring.length > VERTICES_MAX || !ring.every(isPosition)) return false;
    const [firstLon, firstLat] = ring[0] ?? [];
    const [lastLon, lastLat] = ring.at(-1) ?? [];
    return firstLon === lastLon && firstLat === lastLat;
  });
}

function isPosition(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [lon, lat] = value;
  return Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}
