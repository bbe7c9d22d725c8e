import { describe, expect, test } from "bun:test";
import type { Simulator } from "../harness/simulator.ts";
import { administer, untilBusy } from "../harness/testing.ts";
import { start } from "./server.ts";

const OPTIONS = { seed: 13, assets: 700, now: "2025-11-20T09:00:00Z", rate: 0 };

interface Listing<Item> {
  items: Item[];
  next?: string | null;
}

interface ShownDevice {
  id: string;
  vin: string;
  installedAt: string;
  removedAt: string | null;
}

function call(simulator: Simulator, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: "Bearer dozor-xkeeper-token", ...init.headers };
  return fetch(`${simulator.url}/api/v1/${path}`, { ...init, headers });
}

async function listAll<Item>(simulator: Simulator, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | null | undefined = "";
  while (next != null) {
    const response = await call(simulator, `${path}${path.includes("?") ? "&" : "?"}cursor=${next}`);
    expect(response.status).toBe(200);
    const page = (await response.json()) as Listing<Item>;
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

describe("devices", () => {
  test("are listed by pages, each once", async () => {
    await using simulator = await start(OPTIONS);
    const devices = await listAll<ShownDevice>(simulator, "devices?limit=100");
    expect(devices.length).toBe(simulator.world.deviceCount());
    expect(new Set(devices.map((one) => one.id)).size).toBe(devices.length);
    expect((await call(simulator, "devices?limit=1001")).status).toBe(422);
  });

  test("show only the present sitting, and a move ends the one before", async () => {
    await using simulator = await start(OPTIONS);
    const [device] = await listAll<ShownDevice>(simulator, "devices");
    const asset = simulator.world.entityAt("asset", 5);
    const move = {
      op: "moveDevice",
      device: device?.id,
      asset: asset.id,
      at: "2025-11-20T01:00:00Z",
      vin: asset.vin,
      plate: "",
    };
    await administer(simulator, "operations", move);
    const shown = (await listAll<ShownDevice>(simulator, "devices")).filter((one) => one.id === device?.id);
    expect(shown).toMatchObject([{ vin: asset.vin, installedAt: "2025-11-20T01:00:00.000Z", removedAt: null }]);
  });

  test("are typed by people", async () => {
    await using simulator = await start({ ...OPTIONS, assets: 2000 });
    const vins = (await listAll<ShownDevice>(simulator, "devices")).map((one) => one.vin);
    expect(vins.some((vin) => vin === "")).toBe(true);
    expect(vins.some((vin) => /[a-z]/.test(vin))).toBe(true);
    expect(vins.some((vin) => /[А-Я]/.test(vin))).toBe(true);
    expect(vins.some((vin) => / /.test(vin))).toBe(true);
  });
});

describe("contacts", () => {
  test("come by receipt, with absent and empty fields, repeats and nonsense among them", async () => {
    await using simulator = await start({ ...OPTIONS, assets: 2000 });
    const contacts = await listAll<Record<string, unknown>>(
      simulator,
      "contacts?since=2000-01-01T00:00:00Z&limit=5000",
    );
    const received = contacts.map((one) => String(one.receivedAt));
    expect(received).toEqual(received.toSorted());
    expect(contacts.some((one) => !("odometerKm" in one))).toBe(true);
    expect(contacts.some((one) => one.fix === null)).toBe(true);
    const ids = contacts.map((one) => one.id);
    expect(new Set(ids).size).toBeLessThan(ids.length);
    const fixes = contacts.flatMap((one) =>
      one.fix == null ? [] : [one.fix as { lat: number; lon: number; source: string }],
    );
    expect(new Set(fixes.map((fix) => fix.source))).toEqual(new Set(["gnss", "lbs", "wifi"]));
    expect(fixes.some((fix) => fix.lat === 0 && fix.lon === 0)).toBe(true);
  });

  test("refuse a bad time and a bad cursor", async () => {
    await using simulator = await start(OPTIONS);
    expect((await call(simulator, "contacts?since=yesterday")).status).toBe(422);
    expect((await call(simulator, "contacts?cursor=nonsense")).status).toBe(422);
  });

  test("of the next day appear when the clock moves", async () => {
    await using simulator = await start(OPTIONS);
    const since = "contacts?since=2025-11-20T09:00:00.001Z";
    expect(await listAll(simulator, since)).toEqual([]);
    await administer(simulator, "advance", { to: "2025-11-21T09:00:00Z" });
    expect((await listAll(simulator, since)).length).toBeGreaterThan(300);
  });
});

describe("zones", () => {
  test("are created once under a name and listed afterwards", async () => {
    await using simulator = await start(OPTIONS);
    const body = JSON.stringify({
      name: "Омск, база",
      geometry: { type: "Circle", center: [73.3, 54.9], radiusM: 500 },
    });
    const created = await call(simulator, "zones", { method: "POST", body });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    expect((await call(simulator, "zones", { method: "POST", body })).status).toBe(409);
    const zones = await listAll<{ id: string; name: string }>(simulator, "zones");
    expect(zones.find((zone) => zone.id === id)?.name).toBe("Омск, база");
    expect(new Set(zones.map((zone) => zone.name)).size).toBe(zones.length);
  });

  test("are refused when they are no zones", async () => {
    await using simulator = await start(OPTIONS);
    const open = {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      ],
    };
    for (const posted of [
      {},
      { name: "x" },
      { name: "x", geometry: open },
      { name: "x", geometry: { type: "Point" } },
    ]) {
      expect((await call(simulator, "zones", { method: "POST", body: JSON.stringify(posted) })).status).toBe(422);
    }
  });
});

describe("limits", () => {
  test("five calls a second, then 429 with Retry-After", async () => {
    await using simulator = await start({ ...OPTIONS, rate: 5 });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      const response = await call(simulator, "devices?limit=1");
      statuses.push(response.status);
      if (response.status === 429) expect(response.headers.get("retry-after")).toBe("1");
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test("one call at a time", async () => {
    await using simulator = await start(OPTIONS);
    await administer(simulator, "faults", { hang: true });
    const giveUp = new AbortController();
    const first = call(simulator, "devices", { signal: giveUp.signal }).catch(() => "gone");
    await untilBusy(simulator);
    expect((await call(simulator, "devices")).status).toBe(429);
    giveUp.abort();
    expect(await first).toBe("gone");
  });

  test("a wrong token is 401, a strange address 404, an outage whatever it is told to be", async () => {
    await using simulator = await start(OPTIONS);
    expect((await fetch(`${simulator.url}/api/v1/devices`)).status).toBe(401);
    expect((await call(simulator, "trips")).status).toBe(404);
    await administer(simulator, "outage", { on: true, status: 502 });
    expect((await call(simulator, "devices")).status).toBe(502);
    await administer(simulator, "outage", { on: false });
    expect((await call(simulator, "devices")).status).toBe(200);
  });
});
