import type { Polygon, Shape } from "./geometry.ts";

/** What keeps a geometry from being used, in words for whoever sent it. */
export class GeometryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "GeometryError";
  }
}

const verticesMax = 20_000;
const radiusMaxM = 2_000_000;

/**
 * Reads a GeoJSON Polygon or MultiPolygon, or {"type":"Circle","center":[lon,lat],"radiusM":…}. Rings may be unclosed and turn either way.
 *
 * @throws GeometryError
 */
export function parseGeometry(value: unknown, limits = { verticesMax }): Shape {
  if (!isRecord(value)) throw new GeometryError("the geometry is not an object");
  const { type, coordinates } = value;
  if (type === "Circle") return circleOf(value);
  if (type !== "Polygon" && type !== "MultiPolygon")
    throw new GeometryError(`the geometry is of type ${String(type)}, not Polygon, MultiPolygon or Circle`);
  const parts: unknown = type === "Polygon" ? [coordinates] : coordinates;
  if (!Array.isArray(parts) || parts.length === 0) throw new GeometryError("the geometry has no coordinates");
  const polygons = parts.map(polygonOf);
  const vertexCount = polygons.flat().reduce((sum, ring) => sum + ring.length / 2, 0);
  if (vertexCount > limits.verticesMax)
    throw new GeometryError(`the geometry has ${vertexCount} vertices, more than ${limits.verticesMax}`);
  return { kind: "polygons", polygons };
}

function circleOf({ center, radiusM }: Record<string, unknown>): Shape {
  const [lon, lat] = positionOf(center);
  if (typeof radiusM !== "number" || !(radiusM > 0 && radiusM <= radiusMaxM))
    throw new GeometryError(`the radius is ${String(radiusM)}, not between 0 and ${radiusMaxM} m`);
  return { kind: "circle", lon, lat, radiusM };
}

function polygonOf(rings: unknown): Polygon {
  if (!Array.isArray(rings) || rings.length === 0) throw new GeometryError("a polygon has no rings");
  return rings.map((ring: unknown) => {
    if (!Array.isArray(ring)) throw new GeometryError("a ring is not a list of positions");
    const positions = ring.map(positionOf);
    const first = positions[0];
    const last = positions.at(-1);
    if (first !== undefined && last !== undefined && (first[0] !== last[0] || first[1] !== last[1]))
      positions.push(first);
    if (positions.length < 4) throw new GeometryError("a ring has fewer than three corners");
    return Float64Array.from(positions.flat());
  });
}

function positionOf(position: unknown): [lon: number, lat: number] {
  const [lon, lat]: unknown[] = Array.isArray(position) ? position : [];
  if (typeof lon !== "number" || typeof lat !== "number") throw new GeometryError("a position is not [lon, lat]");
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90))
    throw new GeometryError(`the position [${lon}, ${lat}] is out of range`);
  return [lon, lat];
}

/** The same shape as the JSON it is stored and answered as. */
export function geometryJson(shape: Shape): string {
  if (shape.kind === "circle")
    return JSON.stringify({ type: "Circle", center: [shape.lon, shape.lat], radiusM: shape.radiusM });
  const parts = shape.polygons.map((polygon) =>
    polygon.map((ring) => Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]])),
  );
  return JSON.stringify(
    parts.length === 1 ? { type: "Polygon", coordinates: parts[0] } : { type: "MultiPolygon", coordinates: parts },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
