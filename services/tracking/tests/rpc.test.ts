import { afterAll, expect, test } from "bun:test";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { Matching, TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { RegionKind, ZoneOrigin, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { codeOf, hoursAgo, startTracking } from "./harness.ts";
import { circle, north, omsk, vladivostok, wireContact, wireDevice, wireFix } from "./wire.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

const keeper = startXKeeperServer();
const mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
afterAll(async () => {
  await mesh[Symbol.asyncDispose]();
  keeper[Symbol.dispose]();
});

const [car, truck] = [crypto.randomUUID(), crypto.randomUUID()];
await mesh.publishAssets([
  { assetId: car, version: 1n, vin: "XW8ZZZ5NZMG023644" },
  { assetId: truck, version: 1n, vin: "Z94CB41AAGR323020" },
]);
keeper.devices.push(wireDevice("x1", "XW8ZZZ5NZMG023644", hoursAgo(500)), wireDevice("x2", "UNKNOWN", hoursAgo(400)));
keeper.zones.push({ id: "z1", name: "Омск, склад", geometry: circle(omsk, 1_000) });
for (let hours = 25; hours > 0; hours -= 1) {
  const more = { batteryPercent: 70, odometerKm: 1_000 - hours, events: ["tamper"] };
  const fix = wireFix(hoursAgo(hours), north(omsk, hours % 5 === 0 ? 9_000 : hours));
  keeper.contacts.push(wireContact(`c${hours}`, "x1", hoursAgo(hours), { ...more, ...fix }));
}
const square = {
  type: "Polygon",
  coordinates: [
    [
      [70, 50],
      [71, 50],
      [71, 51],
      [70, 51],
      [70, 50],
    ],
  ],
};
const geojson = { shape: { case: "geojson" as const, value: JSON.stringify(square) } };

test("PollNow fetches everything and tells what came, and refuses a provider nobody configured", async () => {
  const answer = await mesh.tracking("integration_admin").pollNow({ provider: "x-keeper", waitMs: 20_000 });
  expect(answer.finished).toBe(true);
  expect(answer.providers).toMatchObject([
    {
      name: "x-keeper",
      adapter: "x-keeper",
      healthy: true,
      deviceCount: 2n,
      contactCount: 25n,
      fixCount: 25n,
      zoneCount: 1n,
      lastError: "",
    },
  ]);
  expect(await codeOf(mesh.tracking("integration_admin").pollNow({ provider: "nobody" }))).toBe(Code.NotFound);
  expect((await mesh.tracking("integration_admin").pollNow({})).finished).toBe(false);
});

test("GetAssetTracking tells of an asset now and as of an instant, and knows no stranger", async () => {
  const { facts } = await mesh.tracking().getAssetTracking({ assetId: car });
  expect(facts?.devices[0]?.lastContactAt && timestampDate(facts.devices[0].lastContactAt)).toEqual(hoursAgo(1));
  expect(facts?.zones).toHaveLength(1);
  expect(facts?.mileage?.distanceKm).toBe(24);
  const then = await mesh.tracking().getAssetTracking({ assetId: car, asOf: timestampFromDate(hoursAgo(20)) });
  expect(then.facts?.zones).toHaveLength(0);
  expect(await codeOf(mesh.tracking().getAssetTracking({ assetId: crypto.randomUUID() }))).toBe(Code.NotFound);
});

test("ListContacts and ListFixes page through an interval, newest first, each row once", async () => {
  const interval = {
    assetId: car,
    from: timestampFromDate(hoursAgo(24)),
    to: timestampFromDate(hoursAgo(2)),
    pageSize: 6,
  };
  const contactIds: string[] = [];
  const fixIds: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await mesh.tracking().listContacts({ ...interval, pageToken });
    contactIds.push(...page.contacts.map((contact) => contact.contactId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  for (let pageToken = ""; ; ) {
    const page = await mesh.tracking().listFixes({ ...interval, pageToken });
    fixIds.push(...page.fixes.map((fix) => fix.fixId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(contactIds).toEqual(Array.from({ length: 22 }, (_, index) => `x-keeper:c${index + 3}`));
  expect(new Set(fixIds).size).toBe(22);
  const [contact] = (await mesh.tracking().listContacts({ ...interval, pageSize: 1 })).contacts;
  expect(contact).toMatchObject({ batteryPercent: 70, odometerKm: 997, events: ["tamper"], deviceId: "x-keeper:x1" });
  expect(contact?.fix?.fixId).toBe(fixIds[0] ?? "");
});

test("intervals that end before they begin, that are too long, and page tokens of elsewhere are refused", async () => {
  const from = timestampFromDate(hoursAgo(10));
  const refusals = [
    mesh.tracking().listContacts({ assetId: car, from, to: from }),
    mesh.tracking().listFixes({ assetId: car, from: timestampFromDate(hoursAgo(24 * 367)) }),
    mesh.tracking().listZoneVisits({ assetId: car, pageToken: "nonsense" }),
    mesh.tracking().listDevices({ assetId: "not-a-uuid" }),
    mesh.tracking().getAssetTracking({ assetId: "not-a-uuid" }),
  ];
  for (const code of await Promise.all(refusals.map(codeOf))) expect(code).toBe(Code.InvalidArgument);
});

test("ListZoneVisits pages through visits, newest first", async () => {
  const first = await mesh.tracking().listZoneVisits({ assetId: car, pageSize: 3 });
  const second = await mesh.tracking().listZoneVisits({ assetId: car, pageSize: 3, pageToken: first.nextPageToken });
  const entered = [...first.visits, ...second.visits].map((visit) => visit.enteredAt && timestampDate(visit.enteredAt));
  expect(entered).toEqual([hoursAgo(4), hoursAgo(9), hoursAgo(14), hoursAgo(19), hoursAgo(24)]);
  expect([first.visits[0]?.zoneName, first.visits[0]?.leftAt, second.nextPageToken]).toEqual([
    "Омск, склад",
    undefined,
    "",
  ]);
});

test("ListDevices filters by provider, matching and asset", async () => {
  const ids = async (filter: Parameters<ReturnType<typeof mesh.tracking>["listDevices"]>[0]) =>
    (await mesh.tracking().listDevices(filter)).devices.map((device) => device.deviceId);
  expect(await ids({})).toEqual(["x-keeper:x1", "x-keeper:x2"]);
  expect(await ids({ pageSize: 1 })).toEqual(["x-keeper:x1"]);
  expect(await ids({ provider: "other" })).toEqual([]);
  expect(await ids({ matching: Matching.NONE })).toEqual(["x-keeper:x2"]);
  expect(await ids({ assetId: car })).toEqual(["x-keeper:x1"]);
});

test("AssignDevice puts a device on an asset by hand from an instant on, and takes it off", async () => {
  const admin = mesh.tracking("integration_admin");
  const { device } = await admin.assignDevice({ deviceId: "x-keeper:x2", assetId: truck, reason: "акт от 20.11" });
  expect([device?.matching, device?.assetId]).toEqual([Matching.BY_HAND, truck]);
  await mesh.poll();
  expect((await mesh.tracking().getAssetTracking({ assetId: truck })).facts?.devices).toHaveLength(1);
  const off = { deviceId: "x-keeper:x2", from: timestampFromDate(hoursAgo(10)), reason: "снят" };
  expect((await admin.assignDevice(off)).device?.assetId).toBe("");
  const then = await mesh.tracking().getAssetTracking({ assetId: truck, asOf: timestampFromDate(hoursAgo(11)) });
  expect(then.facts?.devices).toHaveLength(1);
  const refusals = [
    admin.assignDevice({ deviceId: "x-keeper:x9", assetId: truck, reason: "?" }),
    admin.assignDevice({ deviceId: "x-keeper:x1", assetId: crypto.randomUUID(), reason: "?" }),
  ];
  for (const code of await Promise.all(refusals.map(codeOf))) expect(code).toBe(Code.NotFound);
  const audit = await mesh.sql`select reason, actor from assignment_audit order by id`;
  expect(audit.map((row) => [row.reason, row.actor])).toEqual([
    ["акт от 20.11", "test-integration_admin"],
    ["снят", "test-integration_admin"],
  ]);
});

test("a zone is created once per request, changed only by who saw its newest version, and archived", async () => {
  const zones = mesh.zones();
  const request = { name: "Стоянка", geometry: geojson, requestId: crypto.randomUUID() };
  const { zone } = await zones.createZone(request);
  const zoneId = zone?.zoneId ?? "";
  expect((await zones.createZone(request)).zone?.zoneId).toBe(zoneId);
  expect(await codeOf(zones.createZone({ ...request, requestId: crypto.randomUUID() }))).toBe(Code.AlreadyExists);
  const { zone: renamed } = await zones.updateZone({ zoneId, version: 1n, name: "Стоянка 2" });
  expect(renamed).toMatchObject({ name: "Стоянка 2", version: 2n, origin: ZoneOrigin.USER });
  expect(renamed?.geometry?.shape.value).toBe(JSON.stringify(square));
  expect(await codeOf(zones.updateZone({ zoneId, version: 1n, name: "Стоянка 3" }))).toBe(Code.Aborted);
  expect((await zones.archiveZone({ zoneId, version: 2n })).zone?.archived).toBe(true);
  expect(await codeOf(zones.archiveZone({ zoneId, version: 3n }))).toBe(Code.FailedPrecondition);
  expect((await zones.getZone({ zoneId })).zone?.version).toBe(3n);
  const audit = await mesh.sql`select action, version from zone_audit where zone_id = ${zoneId} order by id`;
  expect(audit.map((row) => [row.action, row.version])).toEqual([
    ["create", 1],
    ["update", 2],
    ["archive", 3],
  ]);
});

test("a provider's zone is changed at the provider only, and an unknown zone is not found", async () => {
  const [zone] = (await mesh.zones().listZones({ origin: ZoneOrigin.PROVIDER })).zones;
  expect(
    await codeOf(mesh.zones().updateZone({ zoneId: zone?.zoneId ?? "", version: zone?.version ?? 0n, name: "Моя" })),
  ).toBe(Code.FailedPrecondition);
  expect(await codeOf(mesh.zones().getZone({ zoneId: crypto.randomUUID() }))).toBe(Code.NotFound);
});

test("ImportZones accepts or refuses each feature by itself", async () => {
  const feature = (name: unknown, geometry: unknown) => ({ type: "Feature", properties: { name }, geometry });
  const collection = {
    type: "FeatureCollection",
    features: [
      feature("Один", square),
      feature("Один", square),
      feature(undefined, square),
      feature("Точка", { type: "Point", coordinates: [1, 2] }),
      feature("Два", { type: "MultiPolygon", coordinates: [square.coordinates] }),
    ],
  };
  const { zones, refusals } = await mesh.zones().importZones({ geojson: JSON.stringify(collection) });
  expect(zones.map((zone) => zone.name)).toEqual(["Один", "Два"]);
  expect(refusals.map((refusal) => refusal.index).sort()).toEqual([1, 2, 3]);
  expect(await codeOf(mesh.zones().importZones({ geojson: "{" }))).toBe(Code.InvalidArgument);
  const names: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await mesh.zones().listZones({ pageSize: 1, pageToken });
    names.push(...page.zones.map((zone) => zone.name));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(names).toEqual(["Два", "Один", "Омск, склад"]);
});

test("ListRegions knows 83 subjects by ISO 3166-2, two more, and 8 districts", async () => {
  const { regions, polygonsNote } = await mesh.zones().listRegions({});
  expect(regions.filter((region) => region.kind === RegionKind.FEDERAL_SUBJECT)).toHaveLength(85);
  const districts = regions.filter((region) => region.kind === RegionKind.FEDERAL_DISTRICT);
  expect(districts).toHaveLength(8);
  expect(districts.flatMap((district) => district.subjectCodes)).toHaveLength(83);
  const caucasus = districts.find((district) => district.code === "NCFD");
  expect(caucasus?.subjectCodes.toSorted()).toEqual(["RU-CE", "RU-DA", "RU-IN", "RU-KB", "RU-KC", "RU-SE", "RU-STA"]);
  expect(polygonsNote).toContain("Natural Earth");
});

test("who may read may not change, and who has no role may do nothing", async () => {
  const refusals = [
    mesh.tracking("viewer").pollNow({}),
    mesh.tracking("analyst").assignDevice({ deviceId: "x-keeper:x1", reason: "?" }),
    mesh.zones("viewer").createZone({ name: "X", geometry: geojson, requestId: crypto.randomUUID() }),
    mesh.zones("viewer").importZones({ geojson: "{}" }),
    mesh.zones("analyst").importRegions({ geojson: "{}" }),
    mesh.zones("service").archiveZone({ zoneId: crypto.randomUUID(), version: 1n }),
  ];
  for (const code of await Promise.all(refusals.map(codeOf))) expect(code).toBe(Code.PermissionDenied);
  const bare = await fetch(`${mesh.service.httpUrl}/${TrackingService.typeName}/ListProviders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(bare.status).toBe(401);
});

test("the same answers come by Connect over HTTP/1.1 as JSON", async () => {
  const response = await fetch(`${mesh.service.httpUrl}/${ZoneService.typeName}/LocateAssets`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await mesh.token("viewer")}` },
    body: JSON.stringify({ regionCode: "RU-OMS" }),
  });
  const answer = (await response.json()) as { assets: { assetId: string; fix: { regionCode: string } }[] };
  expect(answer.assets.map((asset) => [asset.assetId, asset.fix.regionCode])).toEqual([[car, "RU-OMS"]]);
});

test("a moved device is located where it is, not where it was", async () => {
  keeper.contacts.push(wireContact("far", "x1", hoursAgo(0), wireFix(hoursAgo(-0.1), north(vladivostok, 1))));
  keeper.contacts.push(wireContact("far2", "x1", hoursAgo(0), wireFix(hoursAgo(-0.15), north(vladivostok, 2))));
  await mesh.poll();
  expect((await mesh.zones().locateAssets({ area: { case: "regionCode", value: "RU-OMS" } })).assets).toEqual([]);
  expect((await mesh.zones().locateAssets({ area: { case: "regionCode", value: "RU-PRI" } })).assets).toHaveLength(1);
});
