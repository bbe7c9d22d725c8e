import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ImportRefusalSchema, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { principalOf } from "@dozor/runtime/auth";
import { failedPrecondition } from "@dozor/runtime/errors";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../../context.ts";
import { GeometryError, geometryJson, parseGeometry } from "../../domain/geojson.ts";
import { subjects } from "../../domain/regions.ts";
import { replaceRegions } from "../../store/regions.ts";
import { type Feature, featuresOf } from "./feature-collection.ts";

type Refusal = MessageInitShape<typeof ImportRefusalSchema>;

const featuresMax = 1_000;
const verticesMax = 500_000;
const codes = new Set(subjects.map((subject) => subject.code));

export function importRegions({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof ZoneService>["importRegions"] {
  return async ({ geojson }, call) => {
    const { subject: actor } = principalOf(call);
    const polygons: Record<string, unknown[]> = {};
    const refusals: Refusal[] = [];
    await sliced(featuresOf(geojson, featuresMax), (feature) => addFeature(feature, polygons, refusals), {
      label: "import regions",
    });
    const subjectCount = Object.keys(polygons).length;
    // Half a country would put the other half's assets "nowhere"; all or nothing, with the reasons.
    if (refusals.length > 0) return { subjectCount: 0, refusals };
    const missing = [...codes].filter((code) => code.startsWith("RU-") && !(code in polygons));
    if (missing.length > 0) throw failedPrecondition(`geojson has no polygon of ${missing.join(", ")}`);
    const note = `Imported by ${actor} on ${clock.now().toISOString().slice(0, 10)}: ${subjectCount} subjects.`;
    await database.transaction("region.import", (tx) => replaceRegions(tx, note, JSON.stringify(polygons), actor));
    return { subjectCount, refusals };
  };
}

/** Several features of one code are parts of one subject. */
function addFeature(
  { index, properties, geometry }: Feature,
  polygons: Record<string, unknown[]>,
  refusals: Refusal[],
) {
  const code = typeof properties.code === "string" ? properties.code : "";
  if (!codes.has(code)) {
    refusals.push({ index, name: code, reason: 'the property "code" is not a known ISO 3166-2 code' });
    return;
  }
  try {
    const shape = parseGeometry(geometry, { verticesMax });
    if (shape.kind === "circle") throw new GeometryError("a subject is not a circle");
    const { type, coordinates }: { type: string; coordinates: unknown[] } = JSON.parse(geometryJson(shape));
    polygons[code] = [...(polygons[code] ?? []), ...(type === "Polygon" ? [coordinates] : coordinates)];
  } catch (error) {
    if (!(error instanceof GeometryError)) throw error;
    refusals.push({ index, name: code, reason: error.message });
  }
}
