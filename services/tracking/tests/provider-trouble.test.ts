import { expect, test } from "bun:test";
import { Availability } from "@dozor/proto/tracking/v1/facts";
import { hourMs, hoursAgo, noon, startTracking, type Tracking } from "./harness.ts";
import { omsk, wireContact, wireDevice, wireFix } from "./wire.ts";
import { refusal, startXKeeperServer } from "./x-keeper-server.ts";

const vin = "XW8ZZZ5NZMG023644";

async function availabilityNow(mesh: Tracking, assetId: string, asOf = noon) {
  const reply = await mesh.check({
    asOf: { seconds: BigInt(asOf.getTime() / 1000), nanos: 0 },
    assets: [{ assetId }],
  });
  return reply.facts[0]?.availability;
}

test("a provider that fails makes its assets unknown and not silent, until it answers again", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n, vin }]);
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  await mesh.poll();
  expect(await availabilityNow(mesh, assetId)).toBe(Availability.OK);
  keeper.intercept = () => new Response("<html>502</html>", { status: 502 });
  await mesh.poll().catch((error) => expect(String(error)).toContain("HTTP 502"));
  expect(await availabilityNow(mesh, assetId)).toBe(Availability.PROVIDER_UNHEALTHY);
  const [failing] = (await mesh.tracking().listProviders({})).providers;
  expect([failing?.healthy, failing?.lastError]).toEqual([false, expect.stringContaining("HTTP 502")]);
  keeper.intercept = () => undefined;
  await mesh.poll();
  expect(await availabilityNow(mesh, assetId)).toBe(Availability.OK);
  expect((await mesh.tracking().listProviders({})).providers[0]?.healthy).toBe(true);
});

test("a provider that was not polled for longer than the tolerance says nothing about silence", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n, vin }]);
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  await mesh.poll();
  const within = new Date(noon.getTime() + 6 * hourMs);
  expect(await availabilityNow(mesh, assetId, within)).toBe(Availability.OK);
  const beyond = new Date(noon.getTime() + 6 * hourMs + 1_000);
  expect(await availabilityNow(mesh, assetId, beyond)).toBe(Availability.PROVIDER_UNHEALTHY);
});

test("an asset with devices of two providers is available while one of them answers", async () => {
  using first = startXKeeperServer();
  using second = startXKeeperServer();
  await using mesh = await startTracking({
    providers: [
      { name: "x-keeper", baseUrl: first.url },
      { name: "spare", baseUrl: second.url },
    ],
  });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n, vin }]);
  first.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  second.devices.push(wireDevice("x1", vin, hoursAgo(400)));
  await mesh.poll("x-keeper");
  await mesh.poll("spare");
  first.intercept = () => refusal(403, "forbidden");
  await mesh.poll("x-keeper").catch(() => {});
  expect(await availabilityNow(mesh, assetId)).toBe(Availability.OK);
  second.intercept = () => refusal(403, "forbidden");
  await mesh.poll("spare").catch(() => {});
  expect(await availabilityNow(mesh, assetId)).toBe(Availability.PROVIDER_UNHEALTHY);
});

test("a listing that is cut off goes on at the page where it stopped", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url, contactsPerPage: 2 }] });
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  for (let hours = 10; hours > 0; hours -= 1)
    keeper.contacts.push(wireContact(`c${hours}`, "x1", hoursAgo(hours), wireFix(hoursAgo(hours), omsk)));
  keeper.intercept = ({ path, query }) =>
    path === "contacts" && query.get("cursor") === "p4" ? cut('{"items":[{"id":"c6","deviceId":"x1"') : undefined;
  await mesh.poll().catch(() => {});
  const state = async () => (await mesh.tracking().listProviders({})).providers[0];
  expect((await state())?.contactCount).toBe(4n);
  expect((await state())?.lastError).toContain("truncated");
  keeper.intercept = () => undefined;
  keeper.calls.length = 0;
  await mesh.poll();
  const pages = keeper.calls.filter((call) => call.path === "contacts").map((call) => call.query.get("cursor"));
  expect(pages).toEqual(["p4", "p6", "p8"]);
  expect((await state())?.contactCount).toBe(10n);
});

test("a page that the provider has forgotten begins the listing again and loses nothing", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url, contactsPerPage: 2 }] });
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  for (let hours = 10; hours > 0; hours -= 1) keeper.contacts.push(wireContact(`c${hours}`, "x1", hoursAgo(hours)));
  keeper.intercept = ({ path, query }) =>
    path === "contacts" && query.get("cursor") === "p4" ? refusal(503, "busy") : undefined;
  await mesh.poll().catch(() => {});
  let isRefused = false;
  keeper.intercept = ({ path, query }) => {
    if (path !== "contacts" || query.get("cursor") === null || isRefused) return undefined;
    isRefused = true;
    return refusal(422, "bad_cursor");
  };
  await mesh.poll();
  expect(isRefused).toBe(true);
  expect((await mesh.tracking().listProviders({})).providers[0]?.contactCount).toBe(10n);
});

test("one item against the contract is kept with its reason and loses no neighbour", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)), { id: "x2", vin: 7 }, wireDevice("x3", "", hoursAgo(1)));
  keeper.zones.push({ id: "z1", name: "Точка", geometry: { type: "Point", coordinates: [1, 2] } });
  const good = wireContact("c1", "x1", hoursAgo(5));
  const items = [
    JSON.stringify(good),
    '{"id":"c2","deviceId":"x1","contactAt":"yesterday","receivedAt":"2026-11-20T08:00:00Z"}',
    '{"id":"c3","id":"c4","deviceId":"x1"}',
    '"not an object"',
    JSON.stringify({ ...good, id: "c5", contactAt: "2100-01-01T00:00:00Z" }),
    JSON.stringify({
      ...wireContact("c6", "x1", hoursAgo(4)),
      fix: { at: hoursAgo(5).toISOString(), lat: "55", lon: 73.3, source: "gnss" },
    }),
    JSON.stringify(wireContact("c7", "x1", hoursAgo(3))),
  ];
  keeper.intercept = ({ path }) =>
    path === "contacts" ? new Response(`{"items":[${items.join(",")}],"next":null}`) : undefined;
  await mesh.poll();
  await mesh.poll();
  const [provider] = (await mesh.tracking().listProviders({})).providers;
  expect([provider?.deviceCount, provider?.contactCount, provider?.zoneCount]).toEqual([2n, 3n, 0n]);
  const rows = await mesh.sql<{ external_id: string; reason: string; seen_count: number }[]>`
    select external_id, reason, seen_count from quarantine order by id`;
  expect(rows.map((row) => row.external_id)).toEqual(["x2", "z1", "c2", "", "", "c6", "c5"]);
  expect(rows.map((row) => row.reason).join("\n")).toMatchInlineSnapshot(`
    "vin is not a text
    the geometry is of type Point, not Polygon, MultiPolygon or Circle
    contactAt is not a time of RFC 3339: "yesterday"
    duplicate_key at /2 (byte 220): duplicate_key at / (byte 15): the key "id" occurs twice
    the item is not an object
    fix.lat is not a number; the contact is kept without its fix
    contactAt 2100-01-01T00:00:00.000Z cannot be"
  `);
  expect(provider?.quarantinedCount).toBe(7n);
});

test("a provider that says to come back later is left alone for so long", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  let refusedAtMs = 0;
  keeper.calls.length = 0;
  keeper.intercept = () => {
    if (refusedAtMs > 0) return undefined;
    refusedAtMs = performance.now();
    return refusal(429, "slow_down", { "retry-after": "1" });
  };
  await mesh.poll();
  const next = keeper.calls.find((call) => call.atMs > refusedAtMs);
  expect((next?.atMs ?? 0) - refusedAtMs).toBeGreaterThanOrEqual(990);
});

test("two instances together keep to one call at a time and to the calls per second", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({
    providers: [{ baseUrl: keeper.url, contactsPerPage: 1, callsPerSecond: 50 }],
    instances: 2,
  });
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  for (let hours = 10; hours > 0; hours -= 1) keeper.contacts.push(wireContact(`c${hours}`, "x1", hoursAgo(hours)));
  keeper.calls.length = 0;
  await Promise.all(mesh.services.map((service) => service.runNow("poll-x-keeper")));
  expect(keeper.overlapCount).toBe(0);
  const times = keeper.calls.map((call) => call.atMs);
  expect(times.length).toBeGreaterThanOrEqual(12);
  const lengthMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  expect(lengthMs).toBeGreaterThanOrEqual((times.length - 1) * 20);
});

test("a wrong token is not tried again and again", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url, token: "wrong" }] });
  keeper.calls.length = 0;
  await mesh.poll().catch(() => {});
  expect(keeper.calls.map((call) => call.path)).toEqual(["devices", "zones", "contacts"]);
});

/** An answer that promises more bytes than it sends. */
function cut(beginning: string): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(beginning));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}
