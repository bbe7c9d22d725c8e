import { expect, test } from "bun:test";
import { VendorError } from "@dozor/runtime/vendor-http";
import type { CallGate, ProviderLimits } from "../src/clients/provider.ts";
import { createXKeeper } from "../src/clients/x-keeper.ts";
import type { ProviderCall } from "../src/domain/provider-report.ts";
import { hoursAgo } from "./harness.ts";
import { omsk, wireContact, wireDevice, wireFix } from "./wire.ts";
import { refusal, startXKeeperServer, type XKeeperServer } from "./x-keeper-server.ts";

const signal = new AbortController().signal;

function clientOf(keeper: XKeeperServer) {
  const held: number[] = [];
  const declared: ProviderLimits[] = [];
  const calls: ProviderCall[] = [];
  const gate: CallGate = { call: (given, work) => work(given), holdOff: async (ms) => void held.push(ms) };
  const options = {
    name: "x-keeper",
    baseUrl: `${keeper.url}/`,
    token: keeper.token,
    callsPerSecond: 5,
    retryDelayMs: 1,
  };
  const provider = createXKeeper(
    { ...options, timeoutMs: 5_000, devicesPerPage: 2, contactsPerPage: 2 },
    (_, limits) => {
      declared.push(limits);
      return gate;
    },
    async (_, call) => `call ${calls.push(call)}`,
  );
  return { provider, held, declared, calls };
}

test("the adapter declares one call at a time and its calls per second", () => {
  using keeper = startXKeeperServer();
  expect(clientOf(keeper).declared).toEqual([{ callsPerSecond: 5, oneCallAtATime: true }]);
});

test("a listing is walked by its cursors, and `since` is what was asked", async () => {
  using keeper = startXKeeperServer();
  keeper.contacts.push(...[3, 2, 1].map((hours) => wireContact(`c${hours}`, "x1", hoursAgo(hours))));
  const { provider } = clientOf(keeper);
  const first = await provider.contacts(hoursAgo(3), undefined, signal);
  const second = await provider.contacts(hoursAgo(3), first.next, signal);
  expect([...first.items, ...second.items].map((contact) => contact.externalId)).toEqual(["c3", "c2", "c1"]);
  expect(second.next).toBeUndefined();
  expect(keeper.calls[0]?.query.get("since")).toBe(hoursAgo(3).toISOString());
});

test("what may be absent may be absent, and times keep their zone", async () => {
  using keeper = startXKeeperServer();
  const fix = wireFix(hoursAgo(1), omsk, { accuracyM: null, satellites: null, source: "wifi" });
  keeper.contacts.push(wireContact("c1", "x1", hoursAgo(1), { ...fix, contactAt: "2026-11-20T14:00:00.123456+03:00" }));
  keeper.devices.push({ id: "x1" }, wireDevice("x2", "V", hoursAgo(9), { removedAt: hoursAgo(1).toISOString() }));
  const { provider } = clientOf(keeper);
  const [contact] = (await provider.contacts(hoursAgo(99), undefined, signal)).items;
  expect(contact?.at.toISOString()).toBe("2026-11-20T11:00:00.123Z");
  expect([contact?.fix?.accuracyM, contact?.fix?.satellites, contact?.odometerKm]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const devices = (await provider.devices(undefined, signal)).items;
  expect(devices.map((device) => [device.vin, device.installedAt, device.removedAt])).toEqual([
    ["", undefined, undefined],
    ["V", hoursAgo(9), hoursAgo(1)],
  ]);
});

test("calls that fail for a moment are repeated, Retry-After is obeyed by everybody", async () => {
  using keeper = startXKeeperServer();
  const answers = [
    new Response("<html>", { status: 503 }),
    refusal(429, "slow_down", { "retry-after": "7" }),
    new Response("not json"),
  ];
  keeper.intercept = () => answers.shift();
  const { provider, held } = clientOf(keeper);
  expect((await provider.zones(undefined, signal)).items).toEqual([]);
  expect([keeper.calls.length, held]).toEqual([4, [7_000]]);
});

test("a zone is made at the provider, once per name", async () => {
  using keeper = startXKeeperServer();
  const { provider } = clientOf(keeper);
  const circle = { kind: "circle" as const, lon: omsk.lon, lat: omsk.lat, radiusM: 500 };
  expect(await provider.createZone("Стоянка", circle, signal)).toBe("z1");
  const again = await provider.createZone("Стоянка", circle, signal).catch((error: unknown) => error);
  expect(again).toBeInstanceOf(VendorError);
  expect((await provider.zones(undefined, signal)).items).toEqual([
    { externalId: "z1", name: "Стоянка", shape: circle },
  ]);
});

test("a call is written down with every attempt, what was asked and how much came", async () => {
  using keeper = startXKeeperServer();
  keeper.devices.push(wireDevice("x1", "", hoursAgo(1)));
  let isBusy = true;
  keeper.intercept = () => {
    if (!isBusy) return undefined;
    isBusy = false;
    return refusal(503, "busy");
  };
  const { provider, calls } = clientOf(keeper);
  const { callId } = await provider.devices(undefined, signal);
  expect(callId).toBe("call 1");
  expect(calls[0]).toMatchObject({ requestType: "devices", body: { limit: "2", itemCount: 1, refusedCount: 0 } });
  expect(calls[0]?.attempts.map(({ status, error }) => [status, error === undefined])).toEqual([
    [503, false],
    [200, true],
  ]);
  keeper.intercept = () => refusal(403, "forbidden");
  await provider.devices(undefined, signal).catch(() => {});
  expect(calls[1]?.error).toContain("HTTP 403");
  expect(calls[1]?.attempts).toHaveLength(1);
});
