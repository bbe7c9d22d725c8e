import { expect, test } from "bun:test";
import { DAY_MS } from "./calendar.ts";
import { makeFeed } from "./feed.ts";
import { applyOperation } from "./operations.ts";
import { createWorld, daysUntil } from "./world.ts";

const NOW = "2025-11-20T09:00:00Z";

function readAll(feed: ReturnType<typeof makeFeed>, sinceMs: number, limit: number) {
  const contacts = [];
  let cursor: string | null = null;
  do {
    const page = feed(sinceMs, cursor, limit);
    expect(page.contacts.length).toBeLessThanOrEqual(limit);
    contacts.push(...page.contacts);
    cursor = page.next;
  } while (cursor !== null);
  return contacts;
}

test("the feed tells every contact received so far exactly as often as the tracker sent it, in order of receipt", () => {
  const world = createWorld({ seed: 3, assets: 300, now: NOW });
  const told = readAll(makeFeed(world), 0, 97);
  const { first, last } = daysUntil(world.plan, world.clock.now());
  const sent: string[] = [];
  for (let index = 0; index < world.deviceCount(); index++) {
    for (let day = first; day <= last; day++) {
      for (const one of world.contactsOn(world.deviceAt(index), day)) {
        if (one.receivedAtMs <= world.clock.now()) sent.push(one.contact.id);
      }
    }
  }
  expect(told.map((one) => one.contact.id).sort()).toEqual(sent.sort());
  const times = told.map((one) => one.receivedAtMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("pages of any size tell the same", () => {
  const world = createWorld({ seed: 4, assets: 200, now: NOW });
  const ids = (limit: number) => readAll(makeFeed(world), 0, limit).map((one) => one.contact.id);
  expect(ids(1)).toEqual(ids(5000));
});

test("since is inclusive and what was received before it is not told", () => {
  const world = createWorld({ seed: 5, assets: 200, now: NOW });
  const feed = makeFeed(world);
  const whole = readAll(feed, 0, 500);
  const middle = whole[Math.floor(whole.length / 2)];
  const since = middle?.receivedAtMs ?? 0;
  const tail = readAll(feed, since, 500);
  expect(tail).toHaveLength(whole.filter((one) => one.receivedAtMs >= since).length);
  expect(tail[0]?.receivedAtMs).toBe(since);
});

test("late data arrive days later with their old times", () => {
  const world = createWorld({ seed: 6, assets: 1500, now: NOW });
  const late = readAll(makeFeed(world), 0, 5000).filter((one) => one.receivedAtMs - one.contactAtMs > DAY_MS);
  expect(late.length).toBeGreaterThan(20);
});

test("a day that passes brings its contacts, and contacts put in by hand stand among them", () => {
  const world = createWorld({ seed: 7, assets: 200, now: NOW });
  const feed = makeFeed(world);
  const before = readAll(feed, 0, 5000).length;
  applyOperation(world, { op: "addDevice", device: { id: "x-new", installedAt: "2025-11-01T00:00:00Z", vin: "XTA" } });
  applyOperation(world, {
    op: "addContact",
    contact: { id: "c-new", deviceId: "x-new", contactAt: "2025-11-20T08:00:00Z" },
  });
  expect(readAll(feed, 0, 5000).length).toBe(before + 1);
  world.clock.advanceTo(Date.parse("2025-11-21T09:00:00Z"));
  const after = readAll(feed, Date.parse(NOW) + 1, 5000);
  expect(after.length).toBeGreaterThan(100);
  expect(after.every((one) => one.receivedAtMs > Date.parse(NOW))).toBe(true);
});
