import { Code, ConnectError } from "@connectrpc/connect";
import type { Definition } from "@dozor/proto/monitoring/v1/indicator";
import type { Context } from "../../context.ts";

type DefinitionProblem = { field: string; code: string; text: string };
export type Inspection = { problems: DefinitionProblem[]; zoneNames: Record<string, string> };

const callsAtOnce = 10;

/** Asks tracking whether the zones and regions of a definition exist, and what its zones are called. */
export async function inspectDefinition(
  { zones }: Pick<Context, "zones">,
  { condition, scope }: Definition,
  signal: AbortSignal,
): Promise<Inspection> {
  const inspection: Inspection = { problems: [], zoneNames: {} };
  const kind = condition?.kind;
  if (kind?.case === "zone") await inspectZones({ zones }, kind.value.zoneIds, inspection, signal);
  if (kind?.case === "region" && kind.value.regionCodes.length === 0 && !kind.value.agreedRegion) {
    const text = "neither a region nor the agreed region is named";
    inspection.problems.push({ field: "condition.region.region_codes", code: "no_region", text });
  }
  const named = [
    ...(kind?.case === "region" ? fields("condition.region.region_codes", kind.value.regionCodes) : []),
    ...fields("scope.region_codes", scope?.regionCodes ?? []),
  ];
  if (named.length === 0) return inspection;
  const { regions } = await zones.listRegions({}, { signal });
  const known = new Set(regions.map((region) => region.code));
  for (const { field, value } of named) {
    if (known.has(value)) continue;
    inspection.problems.push({ field, code: "unknown_region", text: `there is no region ${value}` });
  }
  return inspection;
}

function fields(path: string, values: readonly string[]): { field: string; value: string }[] {
  return values.map((value, index) => ({ field: `${path}[${index}]`, value }));
}

async function inspectZones(
  { zones }: Pick<Context, "zones">,
  zoneIds: readonly string[],
  { problems, zoneNames }: Inspection,
  signal: AbortSignal,
): Promise<void> {
  const named = fields("condition.zone.zone_ids", zoneIds);
  for (let start = 0; start < named.length; start += callsAtOnce) {
    await Promise.all(
      named.slice(start, start + callsAtOnce).map(async ({ field, value }) => {
        const zone = await zones.getZone({ zoneId: value }, { signal }).then((answer) => answer.zone, absent);
        if (zone === undefined) problems.push({ field, code: "unknown_zone", text: `there is no zone ${value}` });
        else if (zone.archived) problems.push({ field, code: "archived_zone", text: `zone ${zone.name} is archived` });
        else zoneNames[value] = zone.name;
      }),
    );
  }
}

function absent(error: unknown): undefined {
  if (ConnectError.from(error).code !== Code.NotFound) throw error;
}
