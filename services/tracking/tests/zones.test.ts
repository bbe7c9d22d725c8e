import { expect, test } from "bun:test";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { ZoneOrigin } from "@dozor/proto/tracking/v1/zone";
import { codeOf, hoursAgo, noon, startTracking, type Tracking } from "./harness.ts";
import { circle, north, omsk, vladivostok, wireContact, wireDevice, wireFix } from "./wire.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

const vin = "XW8ZZZ5NZMG023644";
const circleMessage = (place: { lat: number; lon: number }, radiusM: number) => ({
  shape: { case: "circle" as const, value: { latitudeDeg: place.lat, longitudeDeg: place.lon, radiusM } },
});

async function oneCar() {
  const keeper = startXKeeperServer();
  const mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n, vin }]);
  keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  let count = 0;
  return {
    keeper,
    mesh,
    assetId,
    async tell(hours: number, place: { lat: number; lon: number }, accuracyM = 10) {
      count += 1;
      const fix = wireFix(hoursAgo(hours), place, { accuracyM });
      keeper.contacts.push(
        wireContact(`c${count}`, "x1", hoursAgo(hours), { ...fix, receivedAt: hoursAgo(0).toISOString() }),
      );
      await mesh.poll();
    },
    visits: async () =>
      (await mesh.tracking().listZoneVisits({ assetId })).visits.map((visit) => [
        visit.zoneName,
        visit.enteredAt && hoursBefore(timestampDate(visit.enteredAt)),
        visit.leftAt && hoursBefore(timestampDate(visit.leftAt)),
      ]),
    async [Symbol.asyncDispose]() {
      await mesh[Symbol.asyncDispose]();
      keeper[Symbol.dispose]();
    },
  };
}

const hoursBefore = (at: Date) => (noon.getTime() - at.getTime()) / 3_600_000;

test("an asset enters at once and leaves when it is clearly or twice outside", async () => {
  await using car = await oneCar();
  car.keeper.zones.push({ id: "z1", name: "Склад", geometry: circle(omsk, 1_000) });
  await car.tell(50, omsk);
  expect(await car.visits()).toEqual([["Склад", 50, undefined]]);
  await car.tell(40, north(omsk, 1_040), 50);
  expect(await car.visits()).toEqual([["Склад", 50, undefined]]);
  await car.tell(30, north(omsk, 1_045), 50);
  expect(await car.visits()).toEqual([["Склад", 50, 30]]);
  await car.tell(20, north(omsk, 900));
  await car.tell(10, north(omsk, 1_200), 50);
  expect(await car.visits()).toEqual([
    ["Склад", 20, 10],
    ["Склад", 50, 30],
  ]);
});

test("a late fix rewrites the visits from its time on", async () => {
  await using car = await oneCar();
  car.keeper.zones.push({ id: "z1", name: "Склад", geometry: circle(omsk, 1_000) });
  await car.tell(50, omsk);
  await car.tell(10, omsk);
  await car.tell(30, north(omsk, 5_000));
  expect(await car.visits()).toEqual([
    ["Склад", 10, undefined],
    ["Склад", 50, 30],
  ]);
});

test("a zone that its provider redraws is computed anew, one it drops goes out of force and keeps its history", async () => {
  await using car = await oneCar();
  car.keeper.zones.push({ id: "z1", name: "Склад", geometry: circle(omsk, 1_000) });
  await car.tell(50, omsk);
  await car.tell(10, north(omsk, 5_000));
  expect(await car.visits()).toEqual([["Склад", 50, 10]]);
  car.keeper.zones[0] = { id: "z1", name: "Склад", geometry: circle(omsk, 6_000) };
  await car.mesh.poll();
  expect(await car.visits()).toEqual([["Склад", 50, undefined]]);
  const [zone] = (await car.mesh.zones().listZones({})).zones;
  expect([zone?.origin, zone?.version, zone?.assetCount]).toEqual([ZoneOrigin.PROVIDER, 2n, 1n]);
  car.keeper.zones.length = 0;
  await car.mesh.poll();
  expect((await car.mesh.zones().listZones({})).zones).toEqual([]);
  const [archived] = (await car.mesh.zones().listZones({ includeArchived: true })).zones;
  expect([archived?.archived, archived?.assetCount]).toEqual([true, 0n]);
  expect(await car.visits()).toHaveLength(1);
});

test("a zone that a user draws holds at once for what was told before", async () => {
  await using car = await oneCar();
  await car.tell(50, vladivostok);
  const made = await car.mesh.zones().createZone({
    name: "Порт",
    geometry: circleMessage(vladivostok, 3_000),
    requestId: crypto.randomUUID(),
  });
  const zoneId = made.zone?.zoneId ?? "";
  const inside = async () => {
    const reply = await car.mesh.check({ assets: [{ assetId: car.assetId }], select: { zoneIds: [zoneId] } });
    return reply.facts[0]?.zones.map((zone) => zone.zoneVersion);
  };
  expect(await inside()).toEqual([1n]);
  await car.mesh.zones().updateZone({ zoneId, version: 1n, geometry: circleMessage(omsk, 3_000) });
  expect(await inside()).toEqual([]);
  await car.mesh.zones().updateZone({ zoneId, version: 2n, geometry: circleMessage(vladivostok, 500) });
  expect(await inside()).toEqual([3n]);
  await car.mesh.zones().archiveZone({ zoneId, version: 3n });
  expect(await inside()).toEqual([]);
});

test("assets are found by the zone, the subject and the district they are in", async () => {
  await using car = await oneCar();
  car.keeper.zones.push({ id: "z1", name: "Склад", geometry: circle(omsk, 1_000) });
  await car.tell(50, omsk);
  const [zone] = (await car.mesh.zones().listZones({ namePrefix: "Скл" })).zones;
  const ids = async (area: Parameters<ReturnType<Tracking["zones"]>["locateAssets"]>[0]["area"]) =>
    (await car.mesh.zones("viewer").locateAssets(area === undefined ? {} : { area })).assets.map(
      (asset) => asset.assetId,
    );
  expect(await ids({ case: "zoneId", value: zone?.zoneId ?? "" })).toEqual([car.assetId]);
  expect(await ids({ case: "regionCode", value: "RU-OMS" })).toEqual([car.assetId]);
  expect(await ids({ case: "regionCode", value: "SIFD" })).toEqual([car.assetId]);
  expect(await ids({ case: "regionCode", value: "NCFD" })).toEqual([]);
  expect(await codeOf(ids({ case: "regionCode", value: "ATLANTIS" }))).toBe(Code.InvalidArgument);
  expect(await codeOf(ids({ case: "zoneId", value: crypto.randomUUID() }))).toBe(Code.NotFound);
});

test("better polygons of the subjects place new fixes, in every instance", async () => {
  await using car = await oneCar();
  await car.tell(50, omsk);
  const { regions } = await car.mesh.zones().listRegions({});
  const codes = regions.map((region) => region.code).filter((code) => code.startsWith("RU-"));
  const feature = (code: string, index: number) => {
    // Omsk now lies in Tuva; the others become small squares in the southern sea.
    const [lon, lat] = code === "RU-TY" ? [73, 54.5] : [index, -60];
    const ring = [
      [lon, lat],
      [lon + 0.9, lat],
      [lon + 0.9, lat + 0.9],
      [lon, lat + 0.9],
      [lon, lat],
    ];
    return { type: "Feature", properties: { code }, geometry: { type: "Polygon", coordinates: [ring] } };
  };
  const collection = (list: string[]) => JSON.stringify({ type: "FeatureCollection", features: list.map(feature) });
  const admin = car.mesh.zones("integration_admin");
  expect(await codeOf(admin.importRegions({ geojson: collection(codes.slice(1)) }))).toBe(Code.FailedPrecondition);
  const refused = await admin.importRegions({ geojson: collection([...codes, "RU-XXX"]) });
  expect([refused.subjectCount, refused.refusals.length]).toEqual([0, 1]);
  expect((await admin.importRegions({ geojson: collection(codes) })).subjectCount).toBe(codes.length);
  await car.tell(10, north(omsk, 50));
  const { facts } = await car.mesh.tracking().getAssetTracking({ assetId: car.assetId });
  expect(facts?.regionPosition?.regionCode).toBe("RU-TY");
  const { fixes } = await car.mesh.tracking().listFixes({ assetId: car.assetId });
  expect(fixes.map((fix) => fix.regionCode)).toEqual(["RU-TY", "RU-OMS"]);
  expect((await car.mesh.zones().listRegions({})).polygonsNote).toContain("Imported by");
});
