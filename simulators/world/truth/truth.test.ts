import { describe, expect, test } from "bun:test";
import { applyOperation } from "../operations.ts";
import { createWorld, type World } from "../world.ts";
import { foldLatin, normalizeVin } from "./matching.ts";
import { computeTruth } from "./truth.ts";
import { INDICATORS } from "./verdicts.ts";

const NOW = "2025-11-20T09:00:00Z";

function smallWorld(): World {
  return createWorld({ seed: 21, assets: 800, now: NOW });
}

/** A watched asset with exactly one healthy tracker and nothing violated, and that tracker's number. */
async function healthyAsset(world: World): Promise<{ id: string; device: string }> {
  const truth = await computeTruth(world);
  const troubled = new Set(
    INDICATORS.flatMap((key) => [...truth.expected[key].violated, ...truth.expected[key].unknown]),
  );
  const perAsset = new Map<number, string[]>();
  for (let index = 0; index < world.deviceCount(); index++) {
    const device = world.deviceAt(index);
    const seat = device.sittings.at(-1)?.asset ?? -1;
    perAsset.set(seat, [...(perAsset.get(seat) ?? []), device.id]);
  }
  for (const id of truth.watched) {
    const devices = perAsset.get(world.indexOf("asset", id)) ?? [];
    const [device] = devices;
    if (!troubled.has(id) && devices.length === 1 && device !== undefined) return { id, device };
  }
  throw new Error("the world has no healthy asset");
}

describe("the truth", () => {
  test("gives every watched asset one verdict of each indicator, and a task when one is violated", async () => {
    const truth = await computeTruth(smallWorld());
    const watched = new Set(truth.watched);
    expect(watched.size).toBe(truth.watched.length);
    for (const key of INDICATORS) {
      const { violated, unknown, clear, unknownReasons } = truth.expected[key];
      expect(violated.length + unknown.length + clear).toBe(watched.size);
      expect(Object.values(unknownReasons).reduce((sum, count) => sum + count, 0)).toBe(unknown.length);
      expect([...violated, ...unknown].every((id) => watched.has(id))).toBe(true);
    }
    const tasks = new Set(INDICATORS.flatMap((key) => truth.expected[key].violated));
    expect(truth.tasks.toSorted()).toEqual([...tasks].sort());
  });

  test("has something to find for every indicator and is mostly quiet", async () => {
    const truth = await computeTruth(createWorld({ seed: 2, assets: 3000, now: NOW }));
    for (const key of INDICATORS) expect(truth.expected[key].violated.length, key).toBeGreaterThan(0);
    expect(truth.tasks.length / truth.watched.length).toBeLessThan(0.3);
    expect(truth.tasks.length / truth.watched.length).toBeGreaterThan(0.05);
  });

  test("is the same in two worlds of one seed", async () => {
    expect(await computeTruth(smallWorld())).toEqual(await computeTruth(smallWorld()));
  });
});

describe("the truth after a change of the world", () => {
  test("follows a lessee that goes bankrupt", async () => {
    const world = smallWorld();
    const { id } = await healthyAsset(world);
    const contract = world.entityAt(
      "contract",
      world.indexOf("contract", world.entityAt("asset", world.indexOf("asset", id)).contract ?? ""),
    );
    const lessee = world.entityAt("counterparty", world.indexOf("counterparty", contract.lessee ?? ""));
    applyOperation(world, { op: "setPartyState", number: lessee.ogrn, state: "bankrupt" });
    expect((await computeTruth(world)).expected.counterparty_dissolved_or_bankrupt.violated).toContain(id);
  });

  test("counts silence from the last contact and to the very instant", async () => {
    const world = smallWorld();
    const { id, device } = await healthyAsset(world);
    applyOperation(world, { op: "silenceDevice", device, from: "2025-11-19T00:00:00Z" });
    const silent = async (asOf: string) =>
      (await computeTruth(world, { asOfMs: Date.parse(asOf) })).expected.no_contact.violated.includes(id);
    expect(await silent(NOW)).toBe(false);
    world.clock.advanceTo(Date.parse("2025-11-22T00:00:00Z"));
    expect(await silent("2025-11-22T00:00:00Z")).toBe(true);
    expect(await silent(NOW)).toBe(false);
  });

  test("sees an asset that was heard in the Caucasus there, once the fix is confirmed or slow enough", async () => {
    const world = smallWorld();
    const { id, device } = await healthyAsset(world);
    applyOperation(world, { op: "silenceDevice", device, from: "2025-11-19T00:00:00Z" });
    const fix = {
      at: "2025-11-20T08:50:00Z",
      lat: 43.02,
      lon: 44.68,
      source: "gnss" as const,
      accuracyM: 10,
      satellites: 9,
    };
    applyOperation(world, {
      op: "addContact",
      contact: { id: "c-vlk", deviceId: device, contactAt: "2025-11-20T08:51:00Z", fix },
    });
    const { expected } = await computeTruth(world);
    expect(expected.in_north_caucasus.violated).toContain(id);
    expect(expected.outside_agreed_region.violated).toContain(id);
  });

  test("leaves the asset without its tracker when the tracker moves, and remembers who sat where", async () => {
    const world = smallWorld();
    const { id, device } = await healthyAsset(world);
    const missing = (await computeTruth(world)).expected.tracker_missing.violated;
    const other = missing.find((one) => world.entityAt("asset", world.indexOf("asset", one)).plate !== "") ?? "";
    const { plate } = world.entityAt("asset", world.indexOf("asset", other));
    applyOperation(world, { op: "moveDevice", device, asset: other, at: "2025-11-19T00:00:00Z", vin: "-", plate });
    const { expected } = await computeTruth(world);
    expect(expected.tracker_missing.violated).toContain(id);
    expect(expected.tracker_missing.violated).not.toContain(other);
    expect(expected.no_contact.unknown).toContain(id);
  });

  test("does not watch what is deleted, and gives nothing to an ambiguous VIN", async () => {
    const world = smallWorld();
    const { id } = await healthyAsset(world);
    const { vin, contract } = world.entityAt("asset", world.indexOf("asset", id));
    applyOperation(world, {
      op: "add",
      type: "asset",
      entity: { id: "11111111-2222-3333-4444-555555555555", vin, contract },
    });
    const twice = await computeTruth(world);
    expect(twice.expected.tracker_missing.unknown).toContain(id);
    applyOperation(world, { op: "delete", type: "asset", id: "11111111-2222-3333-4444-555555555555" });
    expect((await computeTruth(world)).expected.tracker_missing.unknown).not.toContain(id);
    applyOperation(world, { op: "delete", type: "asset", id });
    expect((await computeTruth(world)).watched).not.toContain(id);
  });
});

test("identifiers typed by people are compared by what they mean", () => {
  expect(normalizeVin(" хта 21099-0y.2763418 ")).toBe("XTA210990Y2763418");
  expect(normalizeVin("не установлен")).toBe("");
  expect(foldLatin("а123вс 77")).toBe("A123BC77");
});
