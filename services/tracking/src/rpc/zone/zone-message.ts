import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Zone, type ZoneGeometry, ZoneGeometrySchema, ZoneSchema } from "@dozor/proto/tracking/v1/zone";
import { type DomainError, invalidArgument } from "@dozor/runtime/errors";
import { GeometryError, parseGeometry } from "../../domain/geojson.ts";
import type { Shape } from "../../domain/geometry.ts";
import type { ListedZone } from "../../store/list-zones.ts";

export function zoneMessage(row: ListedZone, { withGeometry }: { withGeometry: boolean }): Zone {
  return create(ZoneSchema, {
    zoneId: row.zoneId,
    name: row.name,
    origin: row.origin,
    provider: row.provider,
    version: BigInt(row.version),
    archived: row.archivedAt !== null,
    updatedAt: timestampFromDate(row.updatedAt),
    assetCount: BigInt(row.assetCount),
    ...(withGeometry ? { geometry: geometryMessage(row.geometry) } : {}),
  });
}

function geometryMessage(stored: unknown): ZoneGeometry {
  const shape = parseGeometry(stored);
  return create(ZoneGeometrySchema, {
    shape:
      shape.kind === "circle"
        ? { case: "circle", value: { longitudeDeg: shape.lon, latitudeDeg: shape.lat, radiusM: shape.radiusM } }
        : { case: "geojson", value: JSON.stringify(stored) },
  });
}

/** The shape that a caller sent; InvalidArgument when it is none. */
export function shapeOf({ shape }: ZoneGeometry): Shape {
  if (shape.case === "circle") {
    const { longitudeDeg: lon, latitudeDeg: lat, radiusM } = shape.value;
    return { kind: "circle", lon, lat, radiusM };
  }
  try {
    return parseGeometry(JSON.parse(shape.value ?? "null"));
  } catch (error) {
    throw geometryRefusal(error);
  }
}

function geometryRefusal(error: unknown): DomainError {
  if (error instanceof GeometryError || error instanceof SyntaxError) return invalidArgument(error.message, error);
  throw error;
}
