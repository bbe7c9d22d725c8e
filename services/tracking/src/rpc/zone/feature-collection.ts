import { invalidArgument } from "@dozor/runtime/errors";

export type Feature = { index: number; properties: Record<string, unknown>; geometry: unknown };

/** The features of a GeoJSON FeatureCollection; InvalidArgument when the text is none or holds more than `max`. */
export function featuresOf(geojson: string, max: number): Feature[] {
  let collection: unknown;
  try {
    collection = JSON.parse(geojson);
  } catch (error) {
    throw invalidArgument("geojson is not JSON", error);
  }
  const { type, features } = record(collection);
  if (type !== "FeatureCollection" || !Array.isArray(features))
    throw invalidArgument("geojson is not a FeatureCollection");
  if (features.length > max) throw invalidArgument(`geojson has ${features.length} features, more than ${max}`);
  return features.map((feature: unknown, index) => {
    const { properties, geometry } = record(feature);
    return { index, properties: record(properties), geometry };
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
