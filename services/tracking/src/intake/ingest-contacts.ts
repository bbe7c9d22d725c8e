import type { Tx } from "@dozor/runtime/database";
import { metrics } from "@dozor/runtime/metrics";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../context.ts";
import { type FixFlaw, fixFlaws, type ReportedFix } from "../domain/fix.ts";
import { isGoodForZones, judgeSpeeds, ownFlawOf } from "../domain/fix-sanity.ts";
import type { ReportedContact } from "../domain/provider-report.ts";
import type { RegionIndex } from "../geography/region-index.ts";
import { updateVisits } from "../geography/update-visits.ts";
import { type ContactRow, insertContacts } from "../store/contacts.ts";
import { deviceNumbers } from "../store/devices.ts";
import {
  type FixRow,
  insertFixes,
  type JudgedFix,
  speedNeighbours,
  storedFixKeys,
  updateFlaws,
} from "../store/fixes.ts";
import type { MovedDevice } from "../store/matching.ts";
import type { ContactTotals } from "../store/provider-state.ts";
import { refreshSittings, type SittingInterval, sittingsSince } from "../store/sitting-state.ts";
import { lockSittings } from "../store/sittings.ts";

const positions = metrics.counter({
  name: "tracking_positions_total",
  help: "Fixes received, by whether they can be used",
  labels: ["provider", "result"],
});
const positionDelay = metrics.histogram({
  name: "tracking_position_delay_seconds",
  help: "Time between a fix and its arrival at the provider",
  buckets: [60, 600, 3_600, 21_600, 86_400, 172_800, 604_800, 2_592_000],
});

/**
 * Stores contacts and their fixes, once each however often they come, in one transaction with everything that follows from them: flaws by speed, the
 * newest of every sitting, and the zone visits of the assets concerned, from the earliest change on.
 */
export async function ingestContacts(
  tx: Tx,
  context: Pick<Context, "geography" | "clock">,
  provider: string,
  contacts: readonly ReportedContact[],
): Promise<ContactTotals> {
  if (contacts.length === 0) return { contactCount: 0, fixCount: 0, flawedFixCount: 0 };
  await lockSittings(tx, provider, "shared");
  const places = await context.geography.current(tx, { isHeld: true });
  const deviceNos = await deviceNumbers(tx, provider, [...new Set(contacts.map((each) => each.deviceExternalId))]);
  const now = context.clock.now();
  const told = await rowsOf(contacts, deviceNos, now);
  const freshKeys = await insertContacts(
    tx,
    told.map((each) => each.contact),
  );
  const fresh = told.filter(({ contact }) => freshKeys.has(`${contact.deviceNo} ${contact.content}`));
  if (fresh.length === 0) return { contactCount: 0, fixCount: 0, flawedFixCount: 0 };
  const { added, rejudged, flawedCount } = await storeFixes(tx, provider, fresh, places.regions);
  const intervals = await refreshTouchedSittings(tx, fresh, [...added, ...rejudged]);
  const decisive = [...added.filter((fix) => fix.isZoneUsable), ...rejudged];
  await updateVisits(tx, places.zones, assetsOf(decisive, intervals));
  return { contactCount: fresh.length, fixCount: added.length, flawedFixCount: flawedCount };
}

type Told = { contact: ContactRow; fix: (FixRow & { isGood: boolean }) | undefined };

async function rowsOf(
  contacts: readonly ReportedContact[],
  deviceNos: ReadonlyMap<string, number>,
  now: Date,
): Promise<Told[]> {
  const told = new Map<string, Told>();
  await sliced(
    contacts,
    (reported) => {
      const deviceNo = deviceNos.get(reported.deviceExternalId);
      if (deviceNo === undefined) throw new Error(`store contact ${reported.externalId}: its device has no number`);
      const row = rowOf(reported, deviceNo, now);
      // Within a page the first of equals is kept, by content here and by id in the table.
      const key = `${deviceNo} ${row.contact.content}`;
      const isKnownById = `${deviceNo} ${reported.at.getTime()} ${reported.externalId}`;
      if (told.has(key) || told.has(isKnownById)) return;
      told.set(key, row);
      told.set(isKnownById, row);
    },
    { label: "read contacts" },
  );
  return [...new Set(told.values())];
}

function rowOf(reported: ReportedContact, deviceNo: number, now: Date): Told {
  const { fix } = reported;
  const place = placeOf(reported, now);
  const contact: ContactRow = {
    deviceNo,
    at: reported.at,
    content: contactContentOf(reported),
    externalId: reported.externalId,
    receivedAt: reported.receivedAt,
    batteryPercent: reported.batteryPercent ?? null,
    odometerKm: reported.odometerKm ?? null,
    events: reported.events,
    fixPlacedAt: place?.placedAt ?? null,
    fixContent: fix === undefined ? null : fixContentOf(fix),
  };
  if (fix === undefined || place === undefined || contact.fixContent === null) return { contact, fix: undefined };
  const row = {
    deviceNo,
    placedAt: place.placedAt,
    content: contact.fixContent,
    at: fix.at,
    contactAt: reported.at,
    receivedAt: reported.receivedAt,
    lat: fix.lat,
    lon: fix.lon,
    source: fix.source,
    accuracyM: fix.accuracyM ?? null,
    satellites: fix.satellites ?? null,
    flaw: place.flaw,
    isZoneUsable: false,
    region: "",
    isGood: isGoodForZones(fix),
  };
  return { contact, fix: row };
}

/** When a fix is filed: at its own time, or at its contact's when its own cannot be. */
export function placeOf(contact: ReportedContact, now: Date): { placedAt: Date; flaw: FixFlaw } | undefined {
  if (contact.fix === undefined) return undefined;
  const flaw = ownFlawOf(contact.fix, contact.receivedAt, now);
  const isTimeWrong = !isTimePlausible(contact.fix, contact, now);
  return { placedAt: isTimeWrong ? contact.at : contact.fix.at, flaw };
}

function isTimePlausible(fix: ReportedFix, contact: ReportedContact, now: Date): boolean {
  const harmless = { ...fix, lat: 55.5, lon: 37.5 };
  return ownFlawOf(harmless, contact.receivedAt, now) === fixFlaws.none;
}

function fixContentOf({ at, lat, lon, source }: ReportedFix): number {
  return hashOf(`${at.getTime()} ${lat} ${lon} ${source}`);
}

function contactContentOf({ at, batteryPercent, odometerKm, events, fix }: ReportedContact): number {
  const said = fix === undefined ? "" : `${fixContentOf(fix)} ${fix.accuracyM} ${fix.satellites}`;
  return hashOf(`${at.getTime()} ${batteryPercent} ${odometerKm} ${JSON.stringify(events)} ${said}`);
}

/** 53 bits, so that it is a number everywhere. */
function hashOf(text: string): number {
  return Number(BigInt(Bun.hash.xxHash64(text)) & 0x1f_ffff_ffff_ffffn);
}

type StoredFixes = { added: FixRow[]; rejudged: RejudgedFix[]; flawedCount: number };
type RejudgedFix = JudgedFix & { isZoneUsable: boolean };

async function storeFixes(tx: Tx, provider: string, told: readonly Told[], regions: RegionIndex): Promise<StoredFixes> {
  const fixes = onceEach(told.flatMap((each) => (each.fix === undefined ? [] : [each.fix])));
  const timely = fixes.filter((fix) => fix.flaw === fixFlaws.none);
  const flawed = fixes.filter((fix) => fix.flaw !== fixFlaws.none);
  const neighbours = await speedNeighbours(tx, earliestByDevice(timely));
  const knownKeys = new Set(neighbours.map(keyOf));
  for (const key of await storedFixKeys(tx, flawed)) knownKeys.add(key);
  const added = fixes.filter((fix) => !knownKeys.has(keyOf(fix)));
  await sliced(
    added,
    (fix) => {
      if (fix.flaw === fixFlaws.none) fix.region = regions.subjectAt(fix.lon, fix.lat);
    },
    { label: "place fixes in regions" },
  );
  const rejudged = await judgeDevices(
    neighbours,
    added.filter((fix) => fix.flaw === fixFlaws.none),
  );
  // What was known already may have been told by an earlier contact than we knew.
  await insertFixes(tx, fixes);
  await updateFlaws(tx, rejudged);
  for (const fix of added) {
    positions.inc({ provider, result: fix.flaw === fixFlaws.none ? "plausible" : "flawed" });
    positionDelay.observe(Math.max(0, (fix.receivedAt.getTime() - fix.at.getTime()) / 1000));
  }
  const flawedBefore = rejudged.filter((fix) => fix.flaw === fixFlaws.none).length;
  const flawedAfter = rejudged.length - flawedBefore;
  const flawedAdded = added.filter((fix) => fix.flaw !== fixFlaws.none).length;
  return { added, rejudged, flawedCount: flawedAdded + flawedAfter - flawedBefore };
}

/**
 * Judges the speeds of every device over its stored and its new fixes. Sets flaw and use of the new ones.
 *
 * @returns the stored ones about which the judgement changed
 */
async function judgeDevices(
  stored: readonly JudgedFix[],
  added: readonly (FixRow & { isGood: boolean })[],
): Promise<RejudgedFix[]> {
  const candidates: { fix: JudgedFix; fresh?: FixRow & { isGood: boolean } }[] = [
    ...stored.map((fix) => ({ fix })),
    ...added.map((fix) => ({ fix, fresh: fix })),
  ];
  const rejudged: RejudgedFix[] = [];
  await sliced(
    Map.groupBy(candidates, ({ fix }) => fix.deviceNo).values(),
    (ofDevice) => {
      ofDevice.sort((a, b) => a.fix.at.getTime() - b.fix.at.getTime() || a.fix.content - b.fix.content);
      // The first stored one was judged by what lies before it and keeps its judgement.
      const first = ofDevice[0];
      const isSettled = first !== undefined && first.fresh === undefined && first.fix.flaw === fixFlaws.none;
      const before = { plausible: isSettled ? first.fix : undefined, refused: undefined };
      const rest = isSettled ? ofDevice.slice(1) : ofDevice;
      const { areTooFast } = judgeSpeeds(
        before,
        rest.map((each) => each.fix),
      );
      for (const [index, { fix, fresh }] of rest.entries()) {
        const flaw = areTooFast[index] === true ? fixFlaws.tooFast : fixFlaws.none;
        if (fresh !== undefined) {
          fresh.flaw = flaw;
          fresh.isZoneUsable = flaw === fixFlaws.none && fresh.isGood;
        } else if (fix.flaw !== flaw) {
          rejudged.push({ ...fix, flaw, isZoneUsable: flaw === fixFlaws.none && isStoredGood(fix) });
        }
      }
    },
    { label: "judge speeds" },
  );
  return rejudged;
}

function isStoredGood({ accuracyM, satellites, ...fix }: JudgedFix): boolean {
  return isGoodForZones({ ...fix, accuracyM: accuracyM ?? undefined, satellites: satellites ?? undefined });
}

function keyOf(fix: { deviceNo: number; content: number }): string {
  return `${fix.deviceNo} ${fix.content}`;
}

/** A fix that several contacts told belongs to the earliest of them. */
function onceEach<T extends FixRow>(fixes: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const fix of fixes) {
    const known = first.get(keyOf(fix));
    if (known === undefined || fix.contactAt < known.contactAt) first.set(keyOf(fix), fix);
  }
  return [...first.values()];
}

function earliestByDevice(rows: readonly { deviceNo: number; placedAt: Date }[]): { deviceNo: number; fromAt: Date }[] {
  const earliest = new Map<number, Date>();
  for (const { deviceNo, placedAt } of rows) {
    const known = earliest.get(deviceNo);
    if (known === undefined || placedAt < known) earliest.set(deviceNo, placedAt);
  }
  return [...earliest].map(([deviceNo, fromAt]) => ({ deviceNo, fromAt }));
}

async function refreshTouchedSittings(
  tx: Tx,
  told: readonly Told[],
  changed: readonly JudgedFix[],
): Promise<SittingInterval[]> {
  const touched = earliestByDevice([
    ...told.map(({ contact }) => ({ deviceNo: contact.deviceNo, placedAt: contact.at })),
    ...changed,
  ]);
  const heard = new Map<number, Date>();
  for (const { contact } of told) {
    const known = heard.get(contact.deviceNo);
    if (known === undefined || contact.at > known) heard.set(contact.deviceNo, contact.at);
  }
  const until = [...heard].map(([deviceNo, at]) => ({ deviceNo, until: at }));
  return await refreshSittings(tx, await sittingsSince(tx, touched), until);
}

/** The assets on which the devices sat at the time of the fixes, each from the earliest of these on. */
function assetsOf(changed: readonly JudgedFix[], intervals: readonly SittingInterval[]): MovedDevice[] {
  const byDevice = new Map<number, SittingInterval[]>();
  for (const interval of intervals)
    byDevice.set(interval.deviceNo, [...(byDevice.get(interval.deviceNo) ?? []), interval]);
  const earliest = new Map<string, Date>();
  for (const { deviceNo, placedAt } of changed) {
    const sitting = byDevice
      .get(deviceNo)
      ?.find(({ fromAt, toAt }) => fromAt <= placedAt && (toAt === null || placedAt < toAt));
    if (sitting === undefined || sitting.assetId === null) continue;
    const known = earliest.get(sitting.assetId);
    if (known === undefined || placedAt < known) earliest.set(sitting.assetId, placedAt);
  }
  return [...earliest].map(([assetId, fromAt]) => ({ assetId, fromAt }));
}
