import { expect, test } from "bun:test";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Availability } from "@dozor/proto/tracking/v1/facts";
import { hoursAgo, noon, startTracking } from "./harness.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

test("a device is matched by its VIN, and a check is answered with what it told", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const assetId = crypto.randomUUID();
  const stranger = crypto.randomUUID();
  keeper.devices.push({
    id: "x1",
    series: "invis",
    vin: "ХW8 ZZZ5NZ-MG023644",
    installedAt: hoursAgo(500).toISOString(),
    removedAt: null,
  });
  keeper.zones.push({
    id: "z1",
    name: "Омск, склад",
    geometry: { type: "Circle", center: [73.37, 54.99], radiusM: 2000 },
  });
  keeper.contacts.push({
    id: "c1",
    deviceId: "x1",
    contactAt: hoursAgo(5).toISOString(),
    receivedAt: hoursAgo(4).toISOString(),
    batteryPercent: 71,
    odometerKm: 15233.4,
    events: ["tamper"],
    fix: { at: hoursAgo(6).toISOString(), lat: 54.9885, lon: 73.3682, source: "gnss", accuracyM: 12, satellites: 9 },
  });
  await mesh.publishAssets([{ assetId, version: 1n, vin: "XW8ZZZ5NZMG023644" }]);
  await mesh.poll();
  const reply = await mesh.check({
    assets: [{ assetId: stranger }, { assetId }],
    select: { regionPosition: true, zonePosition: true, mileage: true, zoneIds: await zoneIds(mesh) },
  });
  expect(reply.failure).toBe("");
  expect(reply.facts.map((facts) => [facts.assetId, facts.availability])).toEqual([
    [stranger, Availability.UNKNOWN_ASSET],
    [assetId, Availability.OK],
  ]);
  const facts = reply.facts[1];
  expect(facts?.devices[0]?.deviceId).toBe("x-keeper:x1");
  expect(facts?.devices[0]?.lastContactAt && timestampDate(facts.devices[0].lastContactAt)).toEqual(hoursAgo(5));
  expect(facts?.regionPosition?.regionCode).toBe("RU-OMS");
  expect(facts?.zonePosition?.at && timestampDate(facts.zonePosition.at)).toEqual(hoursAgo(6));
  expect(facts?.zones).toHaveLength(1);
  expect(facts?.mileage?.readingCount).toBe(1);
  expect(facts?.devicesKnown).toBe(true);
  expect(reply.asOf && timestampDate(reply.asOf)).toEqual(noon);
});

async function zoneIds(mesh: Awaited<ReturnType<typeof startTracking>>): Promise<string[]> {
  const { zones } = await mesh.zones("viewer").listZones({});
  return zones.map((zone) => zone.zoneId);
}
