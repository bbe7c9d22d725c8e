import { expect, test } from "bun:test";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Availability, FixFlaw } from "@dozor/proto/tracking/v1/facts";
import { Matching } from "@dozor/proto/tracking/v1/tracking";
import { hoursAgo, startTracking } from "./harness.ts";
import { north, omsk, vladivostok, wireContact, wireDevice, wireFix } from "./wire.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

const vin = "XW8ZZZ5NZMG023644";

async function oneCar() {
  const keeper = startXKeeperServer();
  const mesh = await startTracking({ providers: [{ baseUrl: keeper.url, historyDays: 3_000 }] });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n, vin, plate: "А123ВС55" }]);
  return {
    keeper,
    mesh,
    assetId,
    facts: async () => (await mesh.tracking().getAssetTracking({ assetId })).facts,
    contacts: async () => (await mesh.tracking().listContacts({ assetId })).contacts,
    async [Symbol.asyncDispose]() {
      await mesh[Symbol.asyncDispose]();
      keeper[Symbol.dispose]();
    },
  };
}

test("the same contact is stored once, by its id and under two ids", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  const fix = wireFix(hoursAgo(5), omsk);
  const same = wireContact("c1", "x1", hoursAgo(5), fix);
  car.keeper.contacts.push(same, { ...same }, { ...same, id: "c2" }, wireContact("c3", "x1", hoursAgo(4)));
  await car.mesh.poll();
  await car.mesh.poll();
  expect((await car.contacts()).map((contact) => contact.contactId)).toEqual(["x-keeper:c3", "x-keeper:c1"]);
  const [provider] = (await car.mesh.tracking().listProviders({})).providers;
  expect([provider?.contactCount, provider?.fixCount]).toEqual([2n, 1n]);
});

test("a late contact with an old time changes history and not the present", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  car.keeper.contacts.push(wireContact("c2", "x1", hoursAgo(5), wireFix(hoursAgo(5), omsk)));
  await car.mesh.poll();
  const late = { receivedAt: hoursAgo(1).toISOString(), ...wireFix(hoursAgo(200), north(omsk, 9_000)) };
  car.keeper.contacts.push(wireContact("c1", "x1", hoursAgo(200), late));
  await car.mesh.poll();
  const facts = await car.facts();
  expect(facts?.devices[0]?.lastContactAt && timestampDate(facts.devices[0].lastContactAt)).toEqual(hoursAgo(5));
  expect(facts?.zonePosition?.latitudeDeg).toBe(omsk.lat);
  expect(await car.contacts()).toHaveLength(2);
});

test("a contact that tells nothing but that it is alive counts as contact and not as fix", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  car.keeper.contacts.push(
    wireContact("c1", "x1", hoursAgo(50), wireFix(hoursAgo(50), omsk)),
    wireContact("c2", "x1", hoursAgo(2), { fix: null, odometerKm: null, events: null }),
  );
  await car.mesh.poll();
  const [device] = (await car.facts())?.devices ?? [];
  expect(device?.lastContactAt && timestampDate(device.lastContactAt)).toEqual(hoursAgo(2));
  expect(device?.lastFix?.at && timestampDate(device.lastFix.at)).toEqual(hoursAgo(50));
});

test("garbage is kept with its flaw and decides nothing", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  const told = (id: string, hours: number, place: { lat: number; lon: number }, fixHours = hours) =>
    wireContact(id, "x1", hoursAgo(hours), wireFix(hoursAgo(fixHours), place));
  car.keeper.contacts.push(
    told("good", 60, omsk),
    told("zero", 50, { lat: 0, lon: 0 }),
    told("whole", 40, { lat: 55, lon: 73 }),
    told("swapped", 30, { lat: 37.6173, lon: 55.7558 }),
    told("range", 20, { lat: 95.5, lon: 10.5 }),
    told("future", 10, omsk, -100_000),
    told("ancient", 9, omsk, 400_000),
    told("jump", 8, vladivostok, 59),
  );
  await car.mesh.poll();
  const { fixes } = await car.mesh.tracking().listFixes({ assetId: car.assetId, includeFlawed: true });
  expect(fixes.map((fix) => fix.flaw).sort()).toEqual([
    FixFlaw.UNSPECIFIED,
    FixFlaw.OUT_OF_RANGE,
    FixFlaw.ZERO_COORDINATES,
    FixFlaw.WHOLE_DEGREES,
    FixFlaw.IN_FUTURE,
    FixFlaw.TOO_OLD,
    FixFlaw.SWAPPED,
    FixFlaw.TOO_FAST,
  ]);
  const facts = await car.facts();
  expect(facts?.regionPosition?.at && timestampDate(facts.regionPosition.at)).toEqual(hoursAgo(60));
  expect(facts?.zonePosition?.at && timestampDate(facts.zonePosition.at)).toEqual(hoursAgo(60));
  expect((await car.mesh.tracking().listFixes({ assetId: car.assetId })).fixes).toHaveLength(1);
});

test("a jump which a later poll confirms is accepted after all", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  car.keeper.contacts.push(wireContact("c1", "x1", hoursAgo(4), wireFix(hoursAgo(4), omsk)));
  car.keeper.contacts.push(wireContact("c2", "x1", hoursAgo(3), wireFix(hoursAgo(3), vladivostok)));
  await car.mesh.poll();
  expect((await car.facts())?.regionPosition?.regionCode).toBe("RU-OMS");
  car.keeper.contacts.push(wireContact("c3", "x1", hoursAgo(2), wireFix(hoursAgo(2), north(vladivostok, 500))));
  await car.mesh.poll();
  expect((await car.facts())?.regionPosition?.regionCode).toBe("RU-PRI");
  expect((await car.mesh.tracking().listFixes({ assetId: car.assetId })).fixes).toHaveLength(3);
});

test("a cell tower decides about the region and not about zones", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  const tower = { source: "lbs", accuracyM: 1_500, satellites: null };
  car.keeper.contacts.push(wireContact("c1", "x1", hoursAgo(4), wireFix(hoursAgo(4), omsk, tower)));
  await car.mesh.poll();
  const facts = await car.facts();
  expect(facts?.regionPosition?.regionCode).toBe("RU-OMS");
  expect(facts?.zonePosition).toBeUndefined();
});

test("a contact belongs to the asset on which the device sat then, and earlier sittings are remembered", async () => {
  await using car = await oneCar();
  const otherId = crypto.randomUUID();
  await car.mesh.publishAssets([{ assetId: otherId, version: 1n, vin: "Z94CB41AAGR323020" }]);
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  car.keeper.contacts.push(wireContact("c1", "x1", hoursAgo(100), wireFix(hoursAgo(100), omsk)));
  await car.mesh.poll();
  car.keeper.devices[0] = wireDevice("x1", "Z94CB41AAGR323020", hoursAgo(48));
  car.keeper.contacts.push(
    wireContact("c3", "x1", hoursAgo(10), wireFix(hoursAgo(10), vladivostok)),
    wireContact("c2", "x1", hoursAgo(60), { receivedAt: hoursAgo(5).toISOString(), ...wireFix(hoursAgo(60), omsk) }),
  );
  await car.mesh.poll();
  const ids = async (assetId: string) =>
    (await car.mesh.tracking().listContacts({ assetId })).contacts.map((contact) => contact.contactId);
  expect(await ids(car.assetId)).toEqual(["x-keeper:c2", "x-keeper:c1"]);
  expect(await ids(otherId)).toEqual(["x-keeper:c3"]);
  const left = await car.facts();
  expect(left?.availability).toBe(Availability.NO_DEVICE);
  expect(left?.zonePosition?.at && timestampDate(left.zonePosition.at)).toEqual(hoursAgo(60));
  const now = (await car.mesh.tracking().getAssetTracking({ assetId: otherId })).facts;
  expect(now?.regionPosition?.regionCode).toBe("RU-PRI");
  const then = await car.mesh.check({
    asOf: { seconds: BigInt(hoursAgo(50).getTime() / 1000), nanos: 0 },
    assets: [{ assetId: car.assetId }, { assetId: otherId }],
    select: { zonePosition: true },
  });
  expect(then.facts.map((facts) => facts.availability)).toEqual([Availability.OK, Availability.NO_DEVICE]);
});

test("contacts that came before registry told of the asset belong to it from the start of the sitting", async () => {
  await using car = await oneCar();
  const lateId = crypto.randomUUID();
  car.keeper.devices.push(wireDevice("x1", "Z94CB41AAGR323020", hoursAgo(500)));
  car.keeper.contacts.push(wireContact("c1", "x1", hoursAgo(100), wireFix(hoursAgo(100), omsk)));
  await car.mesh.poll();
  await car.mesh.publishAssets([{ assetId: lateId, version: 1n, vin: "Z94CB41AAGR323020" }]);
  const { facts } = await car.mesh.tracking().getAssetTracking({ assetId: lateId });
  expect(facts?.availability).toBe(Availability.OK);
  expect(facts?.zonePosition?.at && timestampDate(facts.zonePosition.at)).toEqual(hoursAgo(100));
});

test("two devices on one asset are both told of, and the position is the newer one's", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(
    wireDevice("x1", vin, hoursAgo(500)),
    wireDevice("x2", "", hoursAgo(400), { plate: "a123bc 55" }),
  );
  car.keeper.contacts.push(
    wireContact("c1", "x1", hoursAgo(3), wireFix(hoursAgo(30), omsk)),
    wireContact("c2", "x2", hoursAgo(9), wireFix(hoursAgo(9), vladivostok)),
  );
  await car.mesh.poll();
  const facts = await car.facts();
  expect(facts?.devices.map((device) => device.deviceId)).toEqual(["x-keeper:x1", "x-keeper:x2"]);
  expect(facts?.devices.map((device) => device.lastZoneFix?.regionCode)).toEqual(["RU-OMS", "RU-PRI"]);
  expect(facts?.zonePosition?.deviceId).toBe("x-keeper:x2");
  const { devices } = await car.mesh.tracking().listDevices({ assetId: car.assetId });
  expect(devices.map((device) => device.matching)).toEqual([Matching.VIN, Matching.PLATE]);
});

test("two assets with one VIN are a finding and not a guess, until one of them goes", async () => {
  await using car = await oneCar();
  const twinId = crypto.randomUUID();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  await car.mesh.poll();
  await car.mesh.publishAssets([{ assetId: twinId, version: 1n, vin }]);
  const availabilities = async () => {
    const reply = await car.mesh.check({ assets: [{ assetId: car.assetId }, { assetId: twinId }] });
    return reply.facts.map((facts) => facts.availability);
  };
  expect(await availabilities()).toEqual([Availability.AMBIGUOUS_IDENTITY, Availability.AMBIGUOUS_IDENTITY]);
  await car.mesh.publishAssets([{ assetId: twinId, version: 2n, vin, deleted: true }]);
  expect(await availabilities()).toEqual([Availability.OK, Availability.NO_DEVICE]);
  await car.mesh.publishAssets([{ assetId: twinId, version: 1n, vin }]);
  expect(await availabilities()).toEqual([Availability.OK, Availability.NO_DEVICE]);
});

test("an asset whose return date comes gives its device up without any event", async () => {
  await using car = await oneCar();
  const nextId = crypto.randomUUID();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  await car.mesh.poll();
  await car.mesh.publishAssets([
    { assetId: car.assetId, version: 2n, vin, contract: { returnDate: "2026-11-22" } },
    { assetId: nextId, version: 1n, vin },
  ]);
  expect((await car.facts())?.availability).toBe(Availability.AMBIGUOUS_IDENTITY);
  car.mesh.clock.set(new Date("2026-11-21T21:00:00Z"));
  await car.mesh.service.runNow("rematch-devices");
  expect((await car.facts())?.availability).toBe(Availability.NO_DEVICE);
  const { devices } = await car.mesh.tracking().listDevices({});
  expect(devices[0]?.assetId).toBe(nextId);
});

test("mileage adds what the odometer gained and forgives its falls", async () => {
  await using car = await oneCar();
  car.keeper.devices.push(wireDevice("x1", vin, hoursAgo(500)));
  const readings: [number, number | null][] = [
    [600, 1],
    [300, 1000],
    [200, 1100.5],
    [150, null],
    [100, 20],
    [50, 70],
    [20, 70],
  ];
  for (const [hours, odometerKm] of readings)
    car.keeper.contacts.push(wireContact(`c${hours}`, "x1", hoursAgo(hours), { odometerKm }));
  await car.mesh.poll();
  const mileage = async (from: number) => {
    const mileageFrom = { seconds: BigInt(hoursAgo(from).getTime() / 1000), nanos: 0 };
    const reply = await car.mesh.check({ assets: [{ assetId: car.assetId, mileageFrom }], select: { mileage: true } });
    const fact = reply.facts[0]?.mileage;
    return [fact?.distanceKm, fact?.readingCount];
  };
  expect(await mileage(900)).toEqual([150.5, 5]);
  expect(await mileage(120)).toEqual([50, 3]);
  expect(await mileage(20)).toEqual([0, 1]);
  expect(await mileage(10)).toEqual([undefined, undefined]);
});
