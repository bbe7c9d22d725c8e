import { DAY_MS } from "./calendar.ts";
import { LATE_DAYS_MAX, receivedTimesOn, type WorldContact } from "./contacts.ts";
import { HISTORY_DAYS_MAX, type World } from "./world.ts";

export interface FeedPage {
  contacts: WorldContact[];
  /** Where the next page begins, null at the end of what is known now. */
  next: string | null;
}

/** What was received on one UTC day, by time of receipt; contacts themselves are drawn only for the page asked for. */
interface Bucket {
  receivedAtMs: Float64Array;
  device: Uint32Array;
  day: Int32Array;
  part: Uint8Array;
}

const BUCKETS_KEPT = 4;

/** The listing of contacts by receipt that X-Keeper offers. */
export function makeFeed(world: World): (sinceMs: number, cursor: string | null, limit: number) => FeedPage {
  const buckets = new Map<number, Bucket>();
  const firstDay = -HISTORY_DAYS_MAX - world.plan.historyDays - LATE_DAYS_MAX;
  const bucketOf = (day: number) => {
    const bucket = buckets.get(day) ?? makeBucket(world, day);
    buckets.delete(day);
    buckets.set(day, bucket);
    for (const oldest of buckets.keys()) if (buckets.size > BUCKETS_KEPT) buckets.delete(oldest);
    return bucket;
  };
  return (sinceMs, cursor, limit) => {
    const from = cursor === null ? { atMs: sinceMs, skip: 0 } : readCursor(cursor);
    const nowMs = world.clock.now();
    const contacts: WorldContact[] = [];
    const taken = (next: WorldContact) => contacts.push(next) >= limit;
    const added = addedFrom(world, from.atMs, nowMs);
    let { atMs: lastMs } = from;
    let skip = from.skip;
    const visit = (receivedAtMs: number, draw: () => WorldContact | undefined) => {
      // The cursor names an instant and how many of that instant were told, so that a page may end between equals.
      if (receivedAtMs === from.atMs && skip > 0) {
        skip--;
        return false;
      }
      lastMs = receivedAtMs;
      const contact = draw();
      return contact !== undefined && taken(contact);
    };
    for (let day = Math.max(firstDay, dayOf(world, from.atMs)); day <= dayOf(world, nowMs); day++) {
      const bucket = bucketOf(day);
      for (let i = lowerBound(bucket.receivedAtMs, from.atMs); i < bucket.receivedAtMs.length; i++) {
        const receivedAtMs = bucket.receivedAtMs[i] ?? 0;
        if (receivedAtMs > nowMs) break;
        while ((added[0]?.receivedAtMs ?? Number.POSITIVE_INFINITY) <= receivedAtMs) {
          const contact = added.shift();
          if (contact !== undefined && visit(contact.receivedAtMs, () => contact)) return page(contacts, lastMs, from);
        }
        if (visit(receivedAtMs, () => drawnAt(world, bucket, i))) return page(contacts, lastMs, from);
      }
    }
    for (const contact of added) if (visit(contact.receivedAtMs, () => contact)) return page(contacts, lastMs, from);
    return { contacts, next: null };
  };
}

function page(contacts: WorldContact[], lastMs: number, from: { atMs: number; skip: number }): FeedPage {
  const told = contacts.filter((one) => one.receivedAtMs === lastMs).length;
  const before = lastMs === from.atMs ? from.skip : 0;
  return { contacts, next: Buffer.from(`${lastMs} ${before + told}`).toString("base64url") };
}

function readCursor(cursor: string): { atMs: number; skip: number } {
  const [atMs, skip] = Buffer.from(cursor, "base64url").toString().split(" ").map(Number);
  if (atMs === undefined || skip === undefined || Number.isNaN(atMs + skip))
    throw new RangeError(`unknown cursor ${cursor}`);
  return { atMs, skip };
}

function addedFrom(world: World, fromMs: number, untilMs: number): WorldContact[] {
  return world.addedContacts
    .filter((one) => one.receivedAtMs >= fromMs && one.receivedAtMs <= untilMs)
    .sort((a, b) => a.receivedAtMs - b.receivedAtMs);
}

function dayOf(world: World, atMs: number): number {
  return Math.floor((atMs - world.plan.dayZeroMs) / DAY_MS);
}

function drawnAt(world: World, bucket: Bucket, i: number): WorldContact | undefined {
  const device = world.deviceAt(bucket.device[i] ?? 0);
  return world.contactsOn(device, bucket.day[i] ?? 0)[bucket.part[i] ?? 0];
}

function makeBucket(world: World, day: number): Bucket {
  const rows: { atMs: number; device: number; day: number; part: number }[] = [];
  const count = world.deviceCount();
  for (let index = 0; index < count; index++) {
    const device = world.deviceAt(index);
    for (
      let spoken = Math.max(device.firstDay, day - LATE_DAYS_MAX);
      spoken <= Math.min(device.lastDay, day);
      spoken++
    ) {
      receivedTimesOn(world.plan, device, spoken).forEach((atMs, part) => {
        if (dayOf(world, atMs) === day) rows.push({ atMs, device: index, day: spoken, part });
      });
    }
  }
  rows.sort((a, b) => a.atMs - b.atMs || a.device - b.device || a.part - b.part);
  return {
    receivedAtMs: Float64Array.from(rows, (row) => row.atMs),
    device: Uint32Array.from(rows, (row) => row.device),
    day: Int32Array.from(rows, (row) => row.day),
    part: Uint8Array.from(rows, (row) => row.part),
  };
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
