import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ImportRefusalSchema, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { principalOf } from "@dozor/runtime/auth";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../../context.ts";
import { GeometryError, parseGeometry } from "../../domain/geojson.ts";
import type { Shape } from "../../domain/geometry.ts";
import { getZone } from "../../store/list-zones.ts";
import { auditZone, insertUserZone } from "../../store/user-zones.ts";
import { queueVisitsOfZones } from "../../store/visit-queue.ts";
import { beginZoneChange } from "../../store/zones.ts";
import { type Feature, featuresOf } from "./feature-collection.ts";
import { zoneMessage } from "./zone-message.ts";

type Refusal = MessageInitShape<typeof ImportRefusalSchema>;
type Accepted = { index: number; name: string; shape: Shape };

const featuresMax = 1_000;
const nameMax = 200;

export function importZones(
  context: Pick<Context, "database" | "wake">,
): ServiceImpl<typeof ZoneService>["importZones"] {
  return async ({ geojson }, call) => {
    const actor = principalOf(call).subject;
    const refusals: Refusal[] = [];
    const accepted: Accepted[] = [];
    await sliced(
      featuresOf(geojson, featuresMax),
      (feature) => {
        const zone = readFeature(feature);
        if ("reason" in zone) refusals.push(zone);
        else accepted.push(zone);
      },
      { label: "import zones" },
    );
    const zoneIds = await context.database.transaction("zone.import", async (tx) => {
      const epoch = await beginZoneChange(tx);
      const made: string[] = [];
      for (const { index, name, shape } of accepted) {
        const zoneId = await insertUserZone(tx, { name, shape, requestId: undefined, actor }, epoch);
        if (zoneId === undefined) refusals.push({ index, name, reason: "a zone in force has that name" });
        else made.push(zoneId);
      }
      for (const zoneId of made) await auditZone(tx, zoneId, "import", actor);
      await queueVisitsOfZones(tx, made);
      return made;
    });
    context.wake("update-stale-visits");
    const rows = [];
    for (const zoneId of zoneIds) rows.push(await getZone(context.database.sql, zoneId));
    return {
      zones: rows.filter((row) => row !== undefined).map((row) => zoneMessage(row, { withGeometry: false })),
      refusals,
    };
  };
}

function readFeature({ index, properties, geometry }: Feature): Accepted | (Refusal & { reason: string }) {
  const name = typeof properties.name === "string" ? properties.name.trim() : "";
  if (name === "") return { index, name, reason: 'the property "name" is missing' };
  if (name.length > nameMax)
    return { index, name: name.slice(0, nameMax), reason: `the name is longer than ${nameMax}` };
  try {
    return { index, name, shape: parseGeometry(geometry) };
  } catch (error) {
    if (error instanceof GeometryError) return { index, name, reason: error.message };
    throw error;
  }
}
