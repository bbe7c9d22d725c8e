import { DAY_MS, iso } from "./calendar.ts";
import { contractTermsAt } from "./contracts.ts";
import type { Device } from "./devices.ts";
import { type Point, pointAt, round } from "./geometry.ts";
import { CITIES } from "./places.ts";
import type { Plan } from "./plan.ts";
import { chanceOf, hash, hashText, type Random, randomFor } from "./random.ts";
import { SHARES } from "./shares.ts";
import type { Spot } from "./tracks.ts";

export interface Fix {
  at: string;
  lat: number;
  lon: number;
  source: "gnss" | "lbs" | "wifi";
  accuracyM?: number;
  satellites?: number;
}

/** One time a tracker was heard, as X-Keeper tells it. */
export interface DeviceContact {
  id: string;
  deviceId: string;
  contactAt: string;
  receivedAt: string;
  batteryPercent?: number | null;
  odometerKm?: number | null;
  events?: string[] | null;
  fix?: Fix | null;
}

/** A contact with what only the world knows of it. */
export interface WorldContact {
  contact: DeviceContact;
  contactAtMs: number;
  receivedAtMs: number;
  /** The subject of the fix, null where the fix is nonsense. */
  region: string | null;
}

/** Late data come at most so many days after the fact. */
export const LATE_DAYS_MAX = 4;

const RHYTHM = hashText("rhythm");
const HABIT = hashText("habit");
const JITTER = hashText("jitter");
const MILEAGE = hashText("mileage");

export interface ContactContext {
  plan: Plan;
  /** Where an asset stands on a day. */
  spotOf(asset: number, day: number, contradicts: boolean): Spot;
}

/** Everything one tracker said on one day (counted from day zero), mostly one contact. */
export function contactsOn(context: ContactContext, device: Device, day: number): WorldContact[] {
  const seen = hearing(context.plan, device, day);
  if (seen === null) return [];
  const random = randomFor(context.plan.seed, "contact-of", device.index, day);
  return withOddities(context, random, seen, ordinary(context, random, seen));
}

/** When the contacts of `contactsOn` were received, in the same order, without drawing the contacts. */
export function receivedTimesOn(plan: Plan, device: Device, day: number): number[] {
  const seen = hearing(plan, device, day);
  if (seen === null) return [];
  return [0, ...oddityDelays(seen)].map((delayMs) => seen.receivedAtMs + delayMs);
}

interface Seen {
  device: Device;
  day: number;
  turn: number;
  luck: number;
  contactAtMs: number;
  receivedAtMs: number;
  asset: number | null;
}

function hearing(plan: Plan, device: Device, day: number): Seen | null {
  if (day < device.firstDay || day > device.lastDay) return null;
  // Odd things happen on one day in five only, so that they never add up to a silence of three days.
  const turn = (((day + (hash(plan.seed, RHYTHM, device.index, 0) % 5)) % 5) + 5) % 5;
  const luck = chanceOf(plan.seed, HABIT, device.index, day);
  if (turn === 0 && luck < 0.12) return null;
  const jitter = hash(plan.seed, JITTER, device.index, day);
  const contactAtMs = plan.dayZeroMs + day * DAY_MS + device.phaseMs + ((jitter % 1801) - 900) * 1000;
  if (device.removedAtMs !== null && contactAtMs >= device.removedAtMs) return null;
  const sitting = device.sittings.findLast((one) => one.fromMs <= contactAtMs);
  if (sitting === undefined && device.sittings.length > 0) return null;
  const late = turn === 0 && luck > 1 - SHARES.device.late * 5;
  const receivedAtMs =
    contactAtMs + (late ? (1 + (jitter % (LATE_DAYS_MAX - 1))) * DAY_MS : 0) + (5 + (jitter % 115)) * 1000;
  return { device, day, turn, luck, contactAtMs, receivedAtMs, asset: sitting?.asset ?? null };
}

/** How much later than the first the further contacts of the day were received. */
function oddityDelays(seen: Seen): number[] {
  const { device, day, turn, luck } = seen;
  if (device.behaviour === "garbage-last" && day >= -1) return device.index % 6 === 0 ? [60_000] : [];
  if (device.behaviour === "jumping" && turn === 2)
    return device.index % 2 === 0 ? [1_200_000, 2_400_000] : [1_200_000];
  return turn === 4 && luck < SHARES.device.twice * 5 ? [0] : [];
}

function ordinary(context: ContactContext, random: Random, seen: Seen): WorldContact {
  const { device, day, asset, contactAtMs } = seen;
  const spot = spotOf(context, seen, day);
  const point = pointAt(spot, random.next() * 0.04, random.next() * 360);
  const fixAtMs = contactAtMs - random.int(5, 300) * 1000;
  const odometerKm = asset === null ? null : odometerAt(context.plan, device, asset, day, contactAtMs);
  return {
    contact: {
      ...{
        id: contactId(context.plan, device, day, 0),
        deviceId: device.id,
        contactAt: iso(contactAtMs),
        receivedAt: iso(seen.receivedAtMs),
      },
      ...(random.chance(0.95) ? { batteryPercent: random.int(18, 100) } : {}),
      ...(odometerKm === null ? (random.chance(0.5) ? { odometerKm: null } : {}) : { odometerKm }),
      ...(random.chance(0.004)
        ? { events: [random.pick(["tamper", "power_cut", "jamming"])] }
        : random.chance(0.3)
          ? { events: [] }
          : {}),
      ...fixOf(context, random, seen, point, fixAtMs),
    },
    ...{ contactAtMs, receivedAtMs: seen.receivedAtMs, region: spot.region },
  };
}

function fixOf(
  context: ContactContext,
  random: Random,
  seen: Seen,
  point: Point,
  fixAtMs: number,
): { fix?: Fix | null } {
  const { device, day, turn, luck } = seen;
  const gnss = (at: number, where: Point): Fix => ({
    ...{ at: iso(at), lat: where.lat, lon: where.lon, source: "gnss" },
    ...(random.chance(0.05) ? {} : { accuracyM: random.int(3, 40), satellites: random.int(5, 16) }),
  });
  if (day > device.lastFixDay) {
    // Half of the trackers that lost the sky repeat their last position with its old time, the others send none.
    if (device.index % 2 === 0 || seen.asset === null) return random.chance(0.5) ? { fix: null } : {};
    const spot = spotOf(context, seen, device.lastFixDay);
    const at = context.plan.dayZeroMs + device.lastFixDay * DAY_MS + device.phaseMs;
    const since = device.sittings.at(-1)?.fromMs ?? 0;
    return at < since
      ? {}
      : { fix: { at: iso(at), lat: spot.lat, lon: spot.lon, source: "gnss", accuracyM: 15, satellites: 7 } };
  }
  if (device.behaviour === "cell-only") {
    const guess = pointAt(point, random.next() * 1.8, random.next() * 360);
    return {
      fix: { at: iso(fixAtMs), lat: guess.lat, lon: guess.lon, source: "lbs", accuracyM: random.int(800, 2500) },
    };
  }
  if (turn === 1 && luck < 0.25) return random.chance(0.5) ? { fix: null } : {};
  if (turn === 2 && luck < 0.1) {
    return { fix: { at: iso(fixAtMs), lat: point.lat, lon: point.lon, source: "gnss", accuracyM: 250, satellites: 3 } };
  }
  if (turn === 3 && luck < 0.12) {
    return { fix: { at: iso(fixAtMs), lat: point.lat, lon: point.lon, source: "wifi", accuracyM: random.int(20, 80) } };
  }
  return { fix: gnss(fixAtMs, point) };
}

/** Repeats, nonsense and jumps around an ordinary contact, as many as `oddityDelays` says. */
function withOddities(context: ContactContext, random: Random, seen: Seen, first: WorldContact): WorldContact[] {
  const { device, day } = seen;
  const delays = oddityDelays(seen);
  const later = (part: number, fix: Fix | null, region: string | null, contactDelayMs: number): WorldContact => {
    const contactAtMs = seen.contactAtMs + contactDelayMs;
    const receivedAtMs = seen.receivedAtMs + (delays[part - 1] ?? 0);
    const id = contactId(context.plan, device, day, part);
    const times = { contactAt: iso(contactAtMs), receivedAt: iso(receivedAtMs) };
    return { contact: { ...first.contact, id, ...times, fix }, contactAtMs, receivedAtMs, region };
  };
  if (device.behaviour === "garbage-last" && day >= -1) {
    const fix = garbageFix(device.index % 6, seen.contactAtMs, spotOf(context, seen, day));
    const spoiled = { ...first, contact: { ...first.contact, fix }, region: null };
    return [spoiled, ...delays.map((_, index) => later(index + 1, fix, null, 40 * DAY_MS))];
  }
  if (device.behaviour === "jumping") {
    const here = spotOf(context, seen, day);
    const there = farCity(here, random);
    return [
      first,
      ...delays.map((delayMs, index) => {
        const { lat, lon, region } = index === 0 ? there : here;
        const fix: Fix = { at: iso(seen.contactAtMs + delayMs), lat, lon, source: "gnss", accuracyM: 9, satellites: 8 };
        return later(index + 1, fix, region, delayMs);
      }),
    ];
  }
  // Told twice: either the very same record, or the same facts under another id.
  const again = random.chance(0.5)
    ? first
    : { ...first, contact: { ...first.contact, id: contactId(context.plan, device, day, 9) } };
  return [first, ...delays.map(() => again)];
}

function garbageFix(kind: number, atMs: number, spot: Spot): Fix {
  const fix = (lat: number, lon: number, at = atMs): Fix => ({
    at: iso(at),
    lat,
    lon,
    source: "gnss",
    accuracyM: 10,
    satellites: 6,
  });
  // A swapped pair can be told from a true one only where the longitude is no latitude of Russia.
  const swapped = spot.lon < 41 ? fix(spot.lon, spot.lat) : fix(0, 0);
  return (
    [
      fix(0, 0),
      fix(55, 37),
      swapped,
      fix(155.5, 37.6),
      fix(spot.lat, spot.lon, atMs + 3 * DAY_MS),
      fix(spot.lat, spot.lon, Date.UTC(1980, 0, 6)),
    ][kind] ?? swapped
  );
}

function farCity(from: Point, random: Random): (typeof CITIES)[number] {
  const far = CITIES.filter((city) => Math.abs(city.lon - from.lon) > 15 && Math.abs(city.lon - from.lon) < 70);
  return random.pick(far.length === 0 ? CITIES : far);
}

function spotOf(context: ContactContext, seen: Seen, day: number): Spot {
  const { device, asset } = seen;
  if (asset !== null) return context.spotOf(asset, day, device.contradicts);
  const city = CITIES[device.index % CITIES.length];
  if (city === undefined) throw new Error("the table of cities is empty");
  return city;
}

/** Km on the clock; it runs evenly, so that any stretch of it tells the same yearly mileage. */
function odometerAt(plan: Plan, device: Device, asset: number, day: number, atMs: number): number | null {
  if (device.odometer === "none") return null;
  const { planKmPerYear } = contractTermsAt(plan, plan.contractOfAsset[asset] ?? 0);
  const luck = chanceOf(plan.seed, MILEAGE, asset);
  const over = luck < SHARES.mileage.overPlan;
  const ratio = over ? 1.25 + (luck / SHARES.mileage.overPlan) * 0.9 : 0.3 + luck * 0.65;
  const days = (atMs - (plan.dayZeroMs - 400 * DAY_MS)) / DAY_MS;
  const before = hash(plan.seed, MILEAGE, asset, device.index) % 90_000;
  const lost = device.odometer === "reset" && day >= -4 ? 3000 : 0;
  return round(Math.max(0, before + 4000 + (planKmPerYear / 365.25) * ratio * days - lost), 1);
}

function contactId(plan: Plan, device: Device, day: number, part: number): string {
  return `c${device.id.slice(1)}-${Math.floor(plan.dayZeroMs / DAY_MS) + day}${part === 0 ? "" : `-${part}`}`;
}
