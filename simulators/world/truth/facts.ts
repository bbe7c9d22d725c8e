import { DAY_MS, HOUR_MS } from "../calendar.ts";
import type { Fix, WorldContact } from "../contacts.ts";
import { distanceKm, type Point } from "../geometry.ts";
import { daysUntil, type World } from "../world.ts";
import type { KnownSitting } from "./matching.ts";

/** What the trackers of one asset say as of an instant. */
export interface Facts {
  /** Trackers that sit on it now. */
  sitting: KnownSitting[];
  lastContactMs: number | null;
  lastFixMs: number | null;
  /** Newest plausible fix of any source. */
  regionFix: BelievedFix | null;
  /** Newest fix that is exact enough for zones. */
  zoneFix: BelievedFix | null;
  perDevice: {
    sitting: KnownSitting;
    zoneFix: BelievedFix | null;
    lastContactMs: number | null;
    readings: Reading[];
  }[];
}

export interface BelievedFix extends Point {
  atMs: number;
  region: string | null;
}

export interface Reading {
  atMs: number;
  km: number;
}

export interface FactsLimits {
  asOfMs: number;
  /** Only what was received by then is known. */
  heardByMs: number;
}

const SPEED_MAX_KMH = 250;
const MINUTES_10 = 600_000;
const YEAR_2010 = Date.UTC(2010, 0, 1);

export function factsOf(world: World, sittings: readonly KnownSitting[], limits: FactsLimits): Facts {
  const perDevice = sittings.map((sitting) => {
    const { contacts, believed } = heardOf(world, sitting.device, limits);
    const within = (atMs: number) => atMs >= sitting.fromMs && (sitting.untilMs === null || atMs < sitting.untilMs);
    const mine = contacts.filter((one) => within(one.contactAtMs));
    const fixes = believed.filter(({ from }) => within(from.contactAtMs));
    return {
      sitting,
      lastContactMs: newest(mine.map((one) => one.contactAtMs)),
      anyFix: latest(fixes.map(({ fix }) => fix)),
      zoneFix: latest(fixes.filter(({ from }) => isExact(from.contact.fix)).map(({ fix }) => fix)),
      readings: readingsOf(mine),
    };
  });
  const present = (one: KnownSitting) =>
    one.fromMs <= limits.asOfMs && (one.untilMs === null || limits.asOfMs < one.untilMs);
  const regionFix = latest(perDevice.map((one) => one.anyFix));
  return {
    sitting: sittings.filter(present),
    lastContactMs: newest(perDevice.map((one) => one.lastContactMs)),
    lastFixMs: regionFix?.atMs ?? null,
    regionFix,
    zoneFix: latest(perDevice.map((one) => one.zoneFix)),
    perDevice: perDevice.filter((one) => present(one.sitting)),
  };
}

/** All contacts of a tracker that are known, and those of its fixes that deserve belief. */
function heardOf(world: World, index: number, limits: FactsLimits) {
  const device = world.deviceAt(index);
  const { first, last } = daysUntil(world.plan, limits.asOfMs + DAY_MS);
  const contacts: WorldContact[] = world.addedContacts.filter((one) => one.contact.deviceId === device.id);
  for (let day = Math.max(first, device.firstDay); day <= Math.min(last, device.lastDay); day++) {
    contacts.push(...world.contactsOn(device, day));
  }
  const known = contacts
    .filter((one) => one.contactAtMs <= limits.asOfMs && one.receivedAtMs <= limits.heardByMs)
    .sort((a, b) => a.contactAtMs - b.contactAtMs);
  return { contacts: known, believed: believe(known, limits.heardByMs) };
}

interface Candidate {
  from: WorldContact;
  fix: BelievedFix;
}

/** A fix that came too fast is believed only when the next one agrees with it. */
function believe(contacts: readonly WorldContact[], nowMs: number): Candidate[] {
  const candidates = contacts.flatMap((from): Candidate[] => {
    const { fix } = from.contact;
    if (fix == null || !isSane(fix, from.receivedAtMs, nowMs)) return [];
    return [{ from, fix: { atMs: Date.parse(fix.at), lat: fix.lat, lon: fix.lon, region: from.region } }];
  });
  candidates.sort((a, b) => a.fix.atMs - b.fix.atMs);
  const believed: Candidate[] = [];
  let refused: Candidate | null = null;
  for (const candidate of candidates) {
    const before = believed.at(-1);
    const follows = before === undefined || isReachable(before.fix, candidate.fix);
    const confirms = refused !== null && isReachable(refused.fix, candidate.fix);
    if (refused !== null && confirms) believed.push(refused);
    if (follows || confirms) {
      believed.push(candidate);
      refused = null;
    } else {
      refused = candidate;
    }
  }
  return believed;
}

function isSane(fix: Fix, receivedAtMs: number, nowMs: number): boolean {
  const { lat, lon } = fix;
  const atMs = Date.parse(fix.at);
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return false;
  if (Number.isInteger(lat) && Number.isInteger(lon)) return false;
  if (atMs > receivedAtMs + MINUTES_10 || atMs > nowMs + MINUTES_10 || atMs < YEAR_2010) return false;
  return isInRussianBox(lat, lon) || !isInRussianBox(lon, lat);
}

function isInRussianBox(lat: number, lon: number): boolean {
  return lat >= 41 && lat <= 82 && ((lon >= 19 && lon <= 180) || (lon >= -180 && lon <= -169));
}

function isReachable(a: BelievedFix, b: BelievedFix): boolean {
  const km = distanceKm(a, b);
  return km <= (SPEED_MAX_KMH * Math.abs(b.atMs - a.atMs)) / HOUR_MS;
}

function isExact(fix: Fix | null | undefined): boolean {
  if (fix == null) return false;
  const { source, satellites, accuracyM } = fix;
  if (source === "lbs") return false;
  if (source === "wifi") return accuracyM !== undefined && accuracyM <= 100;
  if (satellites === undefined && accuracyM === undefined) return true;
  return (satellites ?? 0) >= 4 || (accuracyM ?? Number.POSITIVE_INFINITY) <= 100;
}

function readingsOf(contacts: readonly WorldContact[]): Reading[] {
  return contacts.flatMap(({ contact, contactAtMs }) =>
    contact.odometerKm == null ? [] : [{ atMs: contactAtMs, km: contact.odometerKm }],
  );
}

function newest(times: readonly (number | null)[]): number | null {
  let best: number | null = null;
  for (const time of times) if (time !== null && (best === null || time > best)) best = time;
  return best;
}

function latest(fixes: readonly (BelievedFix | null)[]): BelievedFix | null {
  let best: BelievedFix | null = null;
  for (const fix of fixes) if (fix !== null && (best === null || fix.atMs > best.atMs)) best = fix;
  return best;
}
