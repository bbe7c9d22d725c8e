// The rules told once more, as plainly as they can be, over everything that was ever sent: slow, from the beginning each time, sharing no code with the
// service but the distance on a sphere and the ray casting, which have tests of their own.

import { distanceToBoundaryM, haversineM, isInside, type Shape } from "../src/domain/geometry.ts";

export type SentFix = {
  atMs: number;
  lat: number;
  lon: number;
  source: "gnss" | "lbs" | "wifi";
  accuracyM: number | null;
  satellites: number | null;
};
export type SentContact = { deviceId: string; atMs: number; receivedMs: number; fix: SentFix | null };
export type SatSitting = { deviceId: string; asset: string; fromMs: number; toMs: number };
export type PlainZone = { zoneId: string; shape: Shape };

export type PlainFacts = {
  present: string[];
  lastContactMs: Record<string, number | undefined>;
  regionMs: number | undefined;
  zoneMs: number | undefined;
  zones: string[];
};

type Judged = SentFix & { deviceId: string; isPlausible: boolean; isUsable: boolean };

/** What the rules say of one asset as of an instant. */
export function plainFacts(
  contacts: readonly SentContact[],
  sittings: readonly SatSitting[],
  zones: readonly PlainZone[],
  asset: string,
  asOfMs: number,
): PlainFacts {
  const told = contacts.filter((contact) => contact.atMs <= asOfMs);
  const own = sittings.filter((sitting) => sitting.asset === asset && sitting.fromMs <= asOfMs);
  const fixes = own
    .flatMap((sitting) =>
      judgedFixes(told, sitting.deviceId).filter((fix) => fix.atMs >= sitting.fromMs && fix.atMs < sitting.toMs),
    )
    .sort((a, b) => a.atMs - b.atMs);
  const usable = fixes.filter((fix) => fix.isUsable);
  const present = own.filter((sitting) => sitting.toMs > asOfMs);
  return {
    present: present.map((sitting) => sitting.deviceId).sort(),
    lastContactMs: Object.fromEntries(
      present.map((sitting) => {
        const heard = told.filter(
          ({ deviceId, atMs }) => deviceId === sitting.deviceId && atMs >= sitting.fromMs && atMs < sitting.toMs,
        );
        return [sitting.deviceId, heard.length === 0 ? undefined : Math.max(...heard.map((contact) => contact.atMs))];
      }),
    ),
    regionMs: fixes.at(-1)?.atMs,
    zoneMs: usable.at(-1)?.atMs,
    zones: zones
      .filter((zone) => isPresent(zone.shape, usable))
      .map((zone) => zone.zoneId)
      .sort(),
  };
}

function judgedFixes(told: readonly SentContact[], deviceId: string): Judged[] {
  const unique = new Map<string, SentFix>();
  for (const contact of told)
    if (contact.deviceId === deviceId && contact.fix !== null)
      unique.set(`${contact.fix.atMs} ${contact.fix.lat} ${contact.fix.lon}`, contact.fix);
  const candidates = [...unique.values()].filter(isPlausibleAlone).sort((a, b) => a.atMs - b.atMs);
  const verdicts = candidates.map(() => false);
  let last: SentFix | undefined;
  for (const [index, fix] of candidates.entries()) {
    const before = candidates[index - 1];
    if (before !== undefined && verdicts[index - 1] === false && reaches(before, fix)) {
      verdicts[index - 1] = true;
      last = before;
    }
    verdicts[index] = last === undefined || reaches(last, fix);
    if (verdicts[index]) last = fix;
  }
  return candidates
    .map((fix, index) => ({
      ...fix,
      deviceId,
      isPlausible: verdicts[index] === true,
      isUsable: verdicts[index] === true && isUsable(fix),
    }))
    .filter((fix) => fix.isPlausible);
}

function isPlausibleAlone({ lat, lon }: SentFix): boolean {
  return !(lat === 0 && lon === 0) && !(Number.isInteger(lat) && Number.isInteger(lon)) && Math.abs(lat) <= 90;
}

function reaches(a: SentFix, b: SentFix): boolean {
  const hours = Math.abs(b.atMs - a.atMs) / 3_600_000;
  return haversineM(a.lon, a.lat, b.lon, b.lat) / 1000 <= 250 * hours;
}

function isUsable({ source, satellites, accuracyM }: SentFix): boolean {
  if (source === "lbs") return false;
  if (source === "wifi") return accuracyM !== null && accuracyM <= 100;
  if (satellites === null && accuracyM === null) return true;
  return (satellites ?? 0) >= 4 || (accuracyM !== null && accuracyM <= 100);
}

function isPresent(shape: Shape, usable: readonly Judged[]): boolean {
  let isIn = false;
  let outsideCount = 0;
  for (const fix of usable) {
    if (isInside(shape, fix.lon, fix.lat)) {
      isIn = true;
      outsideCount = 0;
      continue;
    }
    outsideCount += 1;
    if (outsideCount >= 2 || distanceToBoundaryM(shape, fix.lon, fix.lat) > (fix.accuracyM ?? 100)) isIn = false;
  }
  return isIn;
}
