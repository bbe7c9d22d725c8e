import { type Condition, Membership } from "@dozor/proto/monitoring/v1/condition";
import type { Evidence } from "@dozor/proto/monitoring/v1/verdict";
import type { AssetFacts, DeviceFact, Fix } from "@dozor/proto/tracking/v1/facts";
import type { Zone } from "@dozor/proto/tracking/v1/zone";
import { distanceKm, type Place } from "../../lib/geodesy.ts";
import { positionOf } from "../../lib/words/violation-words.ts";

export type ScenePoint = Place & { label: string; accuracyM?: number | undefined };
export type SceneLine = { from: Place; to: Place; km: number };

/** What the map shows of one verdict. Everything in it stands in the table as well. */
export type EvidenceScene = {
  position: ScenePoint | undefined;
  /** Other devices of the asset, where they are not where the position is. */
  devices: ScenePoint[];
  agreed: (ScenePoint & { radiusKm: number | undefined }) | undefined;
  zones: Zone[];
  lines: SceneLine[];
};

// Nearer than this two marks would lie on each other at any zoom worth looking at.
const apartKmMin = 0.05;

export function evidenceScene(
  evidence: Evidence,
  condition: Condition | undefined,
  zones: readonly Zone[],
): EvidenceScene {
  const fix = positionOf(evidence.facts);
  const position = fix && pointOf(fix);
  const devices = position ? apartFrom(position, evidence.facts?.devices ?? [], fix) : [];
  const agreed = agreedOf(evidence, condition);
  const lines: SceneLine[] = [];
  const disagree = condition?.kind.case === "trackersDisagree";
  if (position && agreed && condition?.kind.case === "agreedLocation") lines.push(lineBetween(position, agreed));
  if (position && disagree) lines.push(...devices.map((device) => lineBetween(position, device)));
  return { position, devices, agreed, zones: [...zones], lines };
}

/** Whether there is anything to draw; a zone or an agreed place alone is still worth seeing. */
export function isEmptyScene({ position, agreed, zones }: EvidenceScene): boolean {
  return position === undefined && agreed === undefined && zones.length === 0;
}

/** Ids of the zones that a verdict is about: those the asset must not be in, or should be in. */
export function concernedZoneIds(
  condition: Condition | undefined,
  facts: AssetFacts | undefined,
  max: number,
): string[] {
  if (condition?.kind.case !== "zone") return [];
  const { membership, zoneIds } = condition.kind.value;
  const inside = (facts?.zones ?? []).map(({ zoneId }) => zoneId).filter((zoneId) => zoneIds.includes(zoneId));
  return (membership === Membership.IN ? inside : [...new Set([...inside, ...zoneIds])]).slice(0, max);
}

function pointOf(fix: Fix): ScenePoint {
  const { latitudeDeg, longitudeDeg, deviceId, accuracyM } = fix;
  return { latitudeDeg, longitudeDeg, label: deviceId, accuracyM };
}

function apartFrom(position: ScenePoint, devices: readonly DeviceFact[], shown: Fix | undefined): ScenePoint[] {
  return devices
    .flatMap(({ lastFix, deviceId }) => (lastFix && deviceId !== shown?.deviceId ? [pointOf(lastFix)] : []))
    .filter((point) => distanceKm(position, point) > apartKmMin);
}

function agreedOf({ agreed }: Evidence, condition: Condition | undefined): EvidenceScene["agreed"] {
  const concerned = condition?.kind.case === "agreedLocation" || condition?.kind.case === "region";
  if (!concerned || agreed?.latitudeDeg === undefined || agreed.longitudeDeg === undefined) return undefined;
  const kind = condition?.kind;
  const byIndicator = kind?.case === "agreedLocation" ? kind.value.defaultRadiusKm : undefined;
  const { latitudeDeg, longitudeDeg, radiusKm, address } = agreed;
  return { latitudeDeg, longitudeDeg, label: address, radiusKm: radiusKm ?? byIndicator };
}

function lineBetween(from: Place, to: Place): SceneLine {
  return { from, to, km: distanceKm(from, to) };
}

/** The zone whose corner or centre lies nearest to a place: the one worth seeing on the same map. */
export function nearestZone(place: Place, zones: readonly Zone[]): Zone | undefined {
  let nearest: { zone: Zone; km: number } | undefined;
  for (const zone of zones) {
    const km = Math.min(...outlineOf(zone).map((corner) => distanceKm(place, corner)));
    if (nearest === undefined || km < nearest.km) nearest = { zone, km };
  }
  return nearest?.zone;
}

function outlineOf({ geometry }: Zone): Place[] {
  const shape = geometry?.shape;
  if (shape?.case === "circle") return [shape.value];
  return shape?.case === "geojson" ? pointsOf(JSON.parse(shape.value).coordinates) : [];
}

/** Points of the nested rings of a Polygon or MultiPolygon. */
function pointsOf(coordinates: unknown): Place[] {
  if (!Array.isArray(coordinates)) return [];
  const [longitudeDeg, latitudeDeg] = coordinates;
  if (typeof longitudeDeg === "number" && typeof latitudeDeg === "number") return [{ latitudeDeg, longitudeDeg }];
  return coordinates.flatMap(pointsOf);
}
