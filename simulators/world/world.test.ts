import { describe, expect, test } from "bun:test";
import { assetTraitsAt } from "./assets.ts";
import { ENTITY_TYPES, type EntityType } from "./entities.ts";
import { guidOf, indexOfGuid } from "./guid.ts";
import { isForeignInn, isInn, isOgrn, isVin, vinCheckDigit } from "./identifiers.ts";
import { partyTruthAt } from "./parties.ts";
import { CITIES, regionNear, STOPS } from "./places.ts";
import { NORTH_CAUCASUS, REGIONS } from "./regions.ts";
import { createWorld, type World } from "./world.ts";
import { isInZone, isNearEdge } from "./zones.ts";

const NOW = "2025-11-20T09:00:00Z";
const world = createWorld({ seed: 11, assets: 1500, now: NOW });

function everything(of: World): string {
  const parts = ENTITY_TYPES.map((type) => all(of, type));
  const devices = Array.from({ length: of.deviceCount() }, (_, index) => of.deviceAt(index));
  const contacts = devices.slice(0, 100).map((device) => [-3, -2, -1, 0].map((day) => of.contactsOn(device, day)));
  return JSON.stringify([parts, devices, contacts, of.zones]);
}

function all<T extends EntityType>(of: World, type: T) {
  return Array.from({ length: of.count(type) }, (_, index) => of.entityAt(type, index));
}

describe("the world", () => {
  test("is the same for the same seed, size and instant", () => {
    expect(everything(createWorld({ seed: 11, assets: 1500, now: NOW }))).toBe(everything(world));
  });

  test("differs with the seed", () => {
    expect(everything(createWorld({ seed: 12, assets: 1500, now: NOW }))).not.toBe(everything(world));
  });

  test("finds every entity by its guid and no stranger", () => {
    for (const type of ENTITY_TYPES) {
      for (let index = 0; index < world.count(type); index += 7) {
        expect(world.indexOf(type, world.entityAt(type, index).id)).toBe(index);
      }
      expect(world.indexOf(type, guidOf(99, type, 3))).toBe(-1);
    }
    expect(indexOfGuid(11, "asset", "no guid at all")).toBe(-1);
  });

  test("gives every party without a trouble numbers that pass their check digits", () => {
    const good = all(world, "counterparty").filter((_, index) => partyTruthAt(world.plan, index).trouble === null);
    expect(good.length).toBeGreaterThan(150);
    for (const party of good) {
      expect(isInn(party.inn) && !isForeignInn(party.inn), party.inn).toBe(true);
      expect(party.form === "person" || isOgrn(party.ogrn), party.ogrn).toBe(true);
      expect(party.inn).toHaveLength(party.form === "company" ? 10 : 12);
      expect(party.kpp).toMatch(party.form === "company" ? /^\d{9}$/ : /^$/);
    }
    expect(new Set(good.map((party) => party.inn)).size).toBe(good.length);
  });

  test("breaks INNs where it means to", () => {
    const spoiled = all(world, "counterparty").filter(
      (_, index) => partyTruthAt(world.plan, index).trouble === "bad-inn",
    );
    for (const party of spoiled) expect(isInn(party.inn)).toBe(false);
  });

  test("gives ordinary vehicles a valid VIN of their own", () => {
    const ordinary = all(world, "asset").filter(
      (asset, index) => assetTraitsAt(world.plan, index).trouble === null && asset.vin !== "",
    );
    for (const { vin } of ordinary) {
      expect(isVin(vin), vin).toBe(true);
      expect(vin[8]).toBe(vinCheckDigit(vin));
    }
    expect(new Set(ordinary.map((asset) => asset.vin)).size).toBe(ordinary.length);
  });

  test("has every trouble of assets in a world of this size", () => {
    const troubles = new Set(all(world, "asset").map((_, index) => assetTraitsAt(world.plan, index).trouble));
    for (const trouble of ["invalid-vin", "cyrillic-vin", "no-vin-marker", "duplicate-vin", "released-twin"] as const) {
      expect(troubles).toContain(trouble);
    }
  });

  test("gives every vehicle a plate of its own", () => {
    const plates = all(world, "asset")
      .map((asset) => asset.plate)
      .filter((plate) => plate !== "");
    expect(new Set(plates).size).toBe(plates.length);
    for (const plate of plates) expect(plate).toMatch(/^[АВЕКМНОРСТУХ\d]{8,9}$/);
  });

  test("lists each asset in the rows of its own contract only", () => {
    const listed = all(world, "contract").flatMap((contract) =>
      contract.rows.map((row) => [row.asset, contract.id] as const),
    );
    expect(new Set(listed.map(([asset]) => asset)).size).toBe(listed.length);
    for (const [asset, contract] of listed) {
      const named = world.entityAt("asset", world.indexOf("asset", asset)).contract;
      expect(named === null || named === contract).toBe(true);
    }
  });

  test("knows the subject of every place", () => {
    for (const place of [...CITIES, ...STOPS]) expect(REGIONS[place.region], place.name).toBeDefined();
    expect(NORTH_CAUCASUS.size).toBe(7);
    expect(regionNear({ lat: 54.99, lon: 73.32 })).toBe("RU-OMS");
    expect(regionNear({ lat: 0, lon: 0 })).toBeNull();
  });

  test("stands still until the clock is moved", () => {
    const still = createWorld({ seed: 1, assets: 10, now: NOW });
    expect(still.clock.now()).toBe(Date.parse(NOW));
    still.clock.advanceTo(Date.parse("2025-11-21T00:00:00Z"));
    still.clock.advanceTo(Date.parse("2025-11-19T00:00:00Z"));
    expect(new Date(still.clock.now()).toISOString()).toBe("2025-11-21T00:00:00.000Z");
  });
});

describe("zones", () => {
  test("are closed rings with longitude first, with a hole, a circle and a multipolygon among them", () => {
    const kinds = new Set(world.zones.zones.map((zone) => zone.geometry.type));
    expect([...kinds].sort()).toEqual(["Circle", "MultiPolygon", "Polygon"]);
    const rings = world.zones.zones.flatMap(({ geometry }) =>
      geometry.type === "Polygon"
        ? geometry.coordinates
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates.flat()
          : [],
    );
    for (const ring of rings) {
      expect(ring[0]).toEqual(ring.at(-1) ?? [0, 0]);
      for (const [lon, lat] of ring) expect(lon > 19 && lon < 180 && lat > 41 && lat < 82).toBe(true);
    }
    expect(
      world.zones.zones.some(({ geometry }) => geometry.type === "Polygon" && geometry.coordinates.length > 1),
    ).toBe(true);
  });

  test("never leave it open whether an exact fix is in or out", () => {
    let seen = 0;
    for (let index = 0; index < world.deviceCount(); index += 5) {
      for (const { contact, region } of world.contactsOn(world.deviceAt(index), -1)) {
        if (region === null || contact.fix?.source !== "gnss") continue;
        seen++;
        expect(isNearEdge(world.zones, contact.fix, 0.1)).toBe(false);
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  test("have their forbidden spots inside", () => {
    for (const spot of world.zones.forbiddenSpots) {
      expect(
        world.zones.zones.some((zone) => zone.name.startsWith("Запретная") && isInZone(spot.point, zone.geometry)),
      ).toBe(true);
    }
  });
});
