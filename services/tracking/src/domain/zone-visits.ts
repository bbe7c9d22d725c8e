import { distanceToBoundaryM, isInside, type Shape } from "./geometry.ts";

/** A zone in force, as the state machine sees it. */
export type ZoneShape = { zoneId: string; version: number; shape: Shape };

/** A fix good enough for zone decisions. */
export type ZoneFix = { at: Date; lat: number; lon: number; accuracyM: number | undefined };

/** The asset was in the zone from one fix until the fix that decided that it had left, or still is. */
export type ZoneVisit = { zoneId: string; zoneVersion: number; enteredAt: Date; leftAt: Date | undefined };

const accuracyUnknownM = 100;

/**
 * Goes on with the zone states of one asset. It enters a zone by one fix inside. It leaves by one fix which is farther outside than its accuracy,
 * or by two fixes outside in a row, so that a position that trembles on the border does not make a visit a day.
 *
 * @param before the visits that were open after `previous`, the newest fix before `fixes`
 * @param fixes in the order of their time
 * @param zonesAt zones whose box contains the place
 * @param zoneOf a zone in force by its id
 * @returns `before` and the new visits, each with its end if it has one
 */
export function replayVisits(
  before: readonly ZoneVisit[],
  previous: ZoneFix | undefined,
  fixes: readonly ZoneFix[],
  zonesAt: (lon: number, lat: number) => readonly ZoneShape[],
  zoneOf: (zoneId: string) => ZoneShape | undefined,
): ZoneVisit[] {
  const visits = before.map((visit) => ({ ...visit }));
  const open = new Map<string, ZoneVisit>();
  const outsideOnce = new Set<string>();
  for (const visit of visits) {
    const zone = zoneOf(visit.zoneId);
    if (zone === undefined) continue;
    open.set(visit.zoneId, visit);
    if (previous !== undefined && !isInside(zone.shape, previous.lon, previous.lat)) outsideOnce.add(visit.zoneId);
  }
  for (const fix of fixes) {
    const inside = zonesAt(fix.lon, fix.lat).filter((zone) => isInside(zone.shape, fix.lon, fix.lat));
    for (const [zoneId, visit] of open) {
      if (inside.some((zone) => zone.zoneId === zoneId)) {
        outsideOnce.delete(zoneId);
      } else if (outsideOnce.has(zoneId) || isClearlyOutside(zoneOf(zoneId), fix)) {
        visit.leftAt = fix.at;
        open.delete(zoneId);
        outsideOnce.delete(zoneId);
      } else {
        outsideOnce.add(zoneId);
      }
    }
    for (const { zoneId, version } of inside) {
      if (open.has(zoneId)) continue;
      const visit: ZoneVisit = { zoneId, zoneVersion: version, enteredAt: fix.at, leftAt: undefined };
      visits.push(visit);
      open.set(zoneId, visit);
    }
  }
  return visits;
}

function isClearlyOutside(zone: ZoneShape | undefined, fix: ZoneFix): boolean {
  if (zone === undefined) return true;
  return distanceToBoundaryM(zone.shape, fix.lon, fix.lat) > (fix.accuracyM ?? accuracyUnknownM);
}
