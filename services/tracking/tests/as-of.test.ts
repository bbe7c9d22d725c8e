import { expect, test } from "bun:test";
import { type Timestamp, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Availability } from "@dozor/proto/tracking/v1/facts";
import { parseGeometry } from "../src/domain/geojson.ts";
import { hourMs, noon, startTracking } from "./harness.ts";
import { plainFacts, type SatSitting, type SentContact, type SentFix } from "./plain-facts.ts";
import { circle, north, omsk, vladivostok } from "./wire.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

const dayMs = 24 * hourMs;
const days = 12;
const begin = noon.getTime() - days * dayMs;
const vins = ["XW8ZZZ5NZMG023644", "Z94CB41AAGR323020", "X9FMXXEEBMCG12345"];
const shapes = [
  circle(omsk, 1_000),
  circle(north(omsk, 1_200), 900),
  {
    type: "Polygon",
    coordinates: [
      [
        [73.36, 54.98],
        [73.38, 54.98],
        [73.38, 54.99],
        [73.36, 54.99],
        [73.36, 54.98],
      ],
    ],
  },
];

/** Numbers in [0, 1) that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function sentContacts(random: () => number): SentContact[] {
  const contacts: SentContact[] = [];
  for (const deviceId of ["x1", "x2", "x3", "x4"]) {
    let previous: SentFix | null = null;
    for (let atMs = begin; atMs < noon.getTime() - hourMs; atMs += Math.floor((2 + random() * 20) * hourMs)) {
      const fix: SentFix | null = random() < 0.1 ? null : random() < 0.1 ? previous : sentFix(random, atMs);
      previous = fix ?? previous;
      const lateMs = random() < 0.2 ? random() * 5 * dayMs : random() * hourMs;
      contacts.push({ deviceId, atMs, receivedMs: Math.floor(Math.min(atMs + lateMs, noon.getTime() - 1_000)), fix });
    }
  }
  return contacts;
}

function sentFix(random: () => number, contactMs: number): SentFix {
  const roll = random();
  const place =
    roll < 0.08 ? vladivostok : roll < 0.12 ? { lat: 0, lon: 0 } : north(omsk, Math.round((random() - 0.4) * 4_000));
  return {
    atMs: contactMs - Math.floor(random() * 6 * hourMs),
    ...place,
    source: roll > 0.9 ? "lbs" : roll > 0.8 ? "wifi" : "gnss",
    accuracyM: random() < 0.2 ? null : Math.round(random() * 300),
    satellites: random() < 0.3 ? null : Math.floor(random() * 10),
  };
}

const seeds = process.env.DOZOR_TEST_SEED === undefined ? [1, 2] : [Number(process.env.DOZOR_TEST_SEED)];
for (const seed of seeds) {
  test(`facts as of any instant are what the rules say of everything told by then (DOZOR_TEST_SEED=${seed})`, async () => {
    const random = randomOf(seed);
    using keeper = startXKeeperServer();
    await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url, contactsPerPage: 7 }] });
    const assetIds = vins.map(() => crypto.randomUUID());
    await mesh.publishAssets(assetIds.map((assetId, index) => ({ assetId, version: 1n, vin: vins[index] ?? "" })));
    const contacts = sentContacts(random);
    const sittings: SatSitting[] = [];
    const sit = (deviceId: string, vinIndex: number, fromMs: number) => {
      for (const each of sittings) if (each.deviceId === deviceId) each.toMs = Math.min(each.toMs, fromMs);
      sittings.push({ deviceId, asset: assetIds[vinIndex] ?? "", fromMs, toMs: Number.POSITIVE_INFINITY });
      const wire = {
        id: deviceId,
        vin: vins[vinIndex],
        plate: "",
        installedAt: new Date(fromMs).toISOString(),
        removedAt: null,
      };
      keeper.devices = [...keeper.devices.filter((each) => each.id !== deviceId), wire];
    };
    for (const [index, deviceId] of ["x1", "x2", "x3", "x4"].entries()) sit(deviceId, index % 2, begin - dayMs);
    keeper.zones = shapes.map((geometry, index) => ({ id: `z${index}`, name: `Зона ${index}`, geometry }));
    for (let day = 1; day <= days; day += 1) {
      const nowMs = begin + day * dayMs;
      mesh.clock.set(new Date(nowMs));
      if (day === 5) sit("x2", 2, nowMs - 8 * hourMs);
      if (day === 9) sit("x1", 2, nowMs - 30 * hourMs);
      keeper.contacts = contacts.filter((contact) => contact.receivedMs <= nowMs).map(wireOf);
      if (day === 7) keeper.zones[0] = { ...keeper.zones[0], geometry: circle(omsk, 1_300) };
      await mesh.poll();
      await compare(
        nowMs,
        contacts.filter((contact) => contact.receivedMs <= nowMs),
      );
    }
    for (let count = 0; count < 14; count += 1) await compare(Math.floor(begin + random() * days * dayMs), contacts);

    async function compare(asOfMs: number, told: readonly SentContact[]): Promise<void> {
      const { zones } = await mesh.zones().listZones({});
      const plainZones = zones.map(({ zoneId, name }) => ({
        zoneId,
        shape: parseGeometry(keeper.zones[Number(name.slice(-1))]?.geometry),
      }));
      const reply = await mesh.check({
        asOf: timestampFromDate(new Date(asOfMs)),
        assets: assetIds.map((assetId) => ({ assetId })),
        select: { regionPosition: true, zonePosition: true, zoneIds: zones.map((zone) => zone.zoneId) },
      });
      expect(reply.failure).toBe("");
      const answered = reply.facts.map((facts) => ({
        isAvailable: facts.availability === Availability.OK,
        present: facts.devices.map(nameOf).sort(),
        lastContactMs: Object.fromEntries(facts.devices.map((device) => [nameOf(device), msOf(device.lastContactAt)])),
        regionMs: msOf(facts.regionPosition?.at),
        zoneMs: msOf(facts.zonePosition?.at),
        zones: facts.zones.map((zone) => zone.zoneId).sort(),
      }));
      const expected = assetIds
        .map((assetId) => plainFacts(told, sittings, plainZones, assetId, asOfMs))
        .map((facts) => ({ isAvailable: facts.present.length > 0, ...facts }));
      const asOf = new Date(asOfMs);
      expect({ asOf, facts: answered }).toEqual({ asOf, facts: expected });
    }
  }, 60_000);
}

function msOf(at: Timestamp | undefined): number | undefined {
  return at === undefined ? undefined : timestampDate(at).getTime();
}

function wireOf({ deviceId, atMs, receivedMs, fix }: SentContact, index: number) {
  return {
    id: `${deviceId}-${atMs}-${index % 2 === 0 ? "a" : "b"}`,
    deviceId,
    contactAt: new Date(atMs).toISOString(),
    receivedAt: new Date(receivedMs).toISOString(),
    fix: fix === null ? null : { ...fix, at: new Date(fix.atMs).toISOString(), atMs: undefined },
  };
}

function nameOf({ deviceId }: { deviceId: string }): string {
  return deviceId.slice("x-keeper:".length);
}
