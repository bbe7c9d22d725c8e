import { type FixFlaw, fixFlaws, fixSources, type ReportedFix } from "./fix.ts";
import { haversineM } from "./geometry.ts";

const futureSlackMs = 600_000;
const oldestMs = Date.UTC(2010, 0, 1);
const speedMaxMPerMs = 250_000 / 3_600_000;
const zoneAccuracyMaxM = 100;
const satellitesMin = 4;

/** What is wrong with a fix taken by itself; speed needs its neighbours and is judged by `judgeSpeeds`. */
export function ownFlawOf(fix: ReportedFix, receivedAt: Date, now: Date): FixFlaw {
  const { lat, lon } = fix;
  const atMs = fix.at.getTime();
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) {
    // A longitude beyond 90 in the place of the latitude is the commonest way to be out of range.
    return isInRussia(lat, lon) ? fixFlaws.swapped : fixFlaws.outOfRange;
  }
  if (lat === 0 && lon === 0) return fixFlaws.zeroCoordinates;
  if (Number.isInteger(lat) && Number.isInteger(lon)) return fixFlaws.wholeDegrees;
  if (atMs < oldestMs) return fixFlaws.tooOld;
  if (atMs > Math.min(receivedAt.getTime(), now.getTime()) + futureSlackMs) return fixFlaws.inFuture;
  if (!isInRussia(lon, lat) && isInRussia(lat, lon)) return fixFlaws.swapped;
  return fixFlaws.none;
}

function isInRussia(lon: number, lat: number): boolean {
  return lat >= 41 && lat <= 82 && ((lon >= 19 && lon <= 180) || (lon >= -180 && lon <= -169));
}

/** Good enough to say on which side of a zone's border the asset is, provided that it is plausible. Cell towers never are. */
export function isGoodForZones({ source, satellites, accuracyM }: ReportedFix): boolean {
  if (source === fixSources.wifi) return accuracyM !== undefined && accuracyM <= zoneAccuracyMaxM;
  if (source !== fixSources.gnss) return false;
  if (satellites === undefined && accuracyM === undefined) return true;
  return (
    (satellites !== undefined && satellites >= satellitesMin) ||
    (accuracyM !== undefined && accuracyM <= zoneAccuracyMaxM)
  );
}

export type TimedPlace = { at: Date; lat: number; lon: number };

/** Where the judging of one device's speeds stands: the newest plausible place and, if the newest place of all was refused, that one. */
export type SpeedState = { plausible: TimedPlace | undefined; refused: TimedPlace | undefined };

/**
 * Judges the places of one device in the order of their time, going on from `before`.
 * A place is too fast when it is more than 250 km/h away from the plausible one before it; it is accepted after all when the next place agrees with it,
 * so that one outlier is dropped while a real jump (the device was shipped, or the first place was the outlier) is followed.
 *
 * @returns for `before.refused` (when given) and for each place whether it is too fast
 */
export function judgeSpeeds(
  before: SpeedState,
  places: readonly TimedPlace[],
): { isRefusedTooFast: boolean; areTooFast: boolean[] } {
  let { plausible, refused } = before;
  let refusedIndex = -1;
  let isRefusedTooFast = refused !== undefined;
  const areTooFast: boolean[] = [];
  for (const [index, place] of places.entries()) {
    if (refused !== undefined && isReachable(refused, place)) {
      if (refusedIndex === -1) isRefusedTooFast = false;
      else areTooFast[refusedIndex] = false;
      plausible = place;
    } else if (plausible === undefined || isReachable(plausible, place)) {
      plausible = place;
    } else {
      refused = place;
      refusedIndex = index;
      areTooFast.push(true);
      continue;
    }
    refused = undefined;
    areTooFast.push(false);
  }
  return { isRefusedTooFast, areTooFast };
}

function isReachable(from: TimedPlace, to: TimedPlace): boolean {
  const distanceM = haversineM(from.lon, from.lat, to.lon, to.lat);
  return distanceM <= speedMaxMPerMs * Math.abs(to.at.getTime() - from.at.getTime());
}
