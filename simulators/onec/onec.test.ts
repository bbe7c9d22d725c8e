import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Simulator } from "../harness/simulator.ts";
import { administer, stateOf, untilBusy } from "../harness/testing.ts";
import { start } from "./server.ts";

const NOW = "2025-11-20T09:00:00Z";
const AUTHORIZATION = `Basic ${Buffer.from("Дозор:dozor").toString("base64")}`;
const OPTIONS = { seed: 5, assets: 300, now: NOW, firstAnswerMs: 0, dirt: 15 };

interface Item {
  type: string;
  id: string;
  version: string;
  deleted: boolean;
  data: Record<string, unknown>;
}

interface Batch {
  batchId: string;
  hasMore: boolean;
  items: Item[];
}

function call(simulator: Simulator, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${simulator.url}/leasing/${path}`, {
    ...init,
    headers: { authorization: AUTHORIZATION, ...init.headers },
  });
}

async function changes(simulator: Simulator, limit = 1000): Promise<Batch | null> {
  const response = await call(simulator, `hs/dozor/v1/changes?limit=${limit}`);
  if (response.status === 204) return null;
  expect(response.status).toBe(200);
  return (await response.json()) as Batch;
}

function acknowledge(simulator: Simulator, body: unknown): Promise<Response> {
  return call(simulator, "hs/dozor/v1/ack", { method: "POST", body: JSON.stringify(body) });
}

async function nodeOf(simulator: Simulator): Promise<{ Ref_Key: string; ReceivedNo: string }> {
  const response = await call(
    simulator,
    `odata/standard.odata/${encodeURIComponent("ExchangePlan_Дозор")}?$format=json`,
  );
  const { value } = (await response.json()) as { value: { Ref_Key: string; ReceivedNo: string; ThisNode: boolean }[] };
  const node = value.find((one) => !one.ThisNode);
  if (node === undefined) throw new Error("the exchange plan has no node of ours");
  return node;
}

async function exchange(simulator: Simulator, method: string, messageNo: number, format = ""): Promise<Response> {
  const { Ref_Key } = await nodeOf(simulator);
  const point = encodeURIComponent(
    `'${simulator.url}/leasing/odata/standard.odata/ExchangePlan_Дозор(guid'${Ref_Key}')'`,
  );
  return call(simulator, `odata/standard.odata/${method}?DataExchangePoint=${point}&MessageNo=${messageNo}${format}`, {
    method: "POST",
  });
}

async function selectJson(simulator: Simulator, messageNo: number): Promise<Record<string, unknown>[]> {
  const response = await exchange(simulator, "SelectChanges", messageNo, "&$format=json");
  expect(response.status).toBe(200);
  return ((await response.json()) as { value: Record<string, unknown>[] }).value;
}

describe("the HTTP service of 1C", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await start({ ...OPTIONS, repeatShare: 0.1, twiceShare: 0.05 });
  });
  afterAll(() => simulator[Symbol.asyncDispose]());

  test("asks for Basic authentication in UTF-8", async () => {
    expect((await fetch(`${simulator.url}/leasing/hs/dozor/v1/changes`)).status).toBe(401);
    const cp1251 = Buffer.from([0xc4, 0xee, 0xe7, 0xee, 0xf0, ...Buffer.from(":dozor")]).toString("base64");
    const response = await call(simulator, "hs/dozor/v1/changes", { headers: { authorization: `Basic ${cp1251}` } });
    expect(response.status).toBe(401);
  });

  test("refuses a limit above 5000", async () => {
    expect((await call(simulator, "hs/dozor/v1/changes?limit=5001")).status).toBe(400);
    expect((await call(simulator, "hs/dozor/v1/changes?limit=0")).status).toBe(400);
  });

  test("tells the same again until it is acknowledged, in another batch", async () => {
    const first = await changes(simulator, 20);
    const second = await changes(simulator, 20);
    expect(first?.hasMore).toBe(true);
    expect(second?.batchId).not.toBe(first?.batchId ?? "");
    expect(second?.items).toEqual(first?.items ?? []);
  });

  test("names with an acknowledgement the version: what was written meanwhile stays registered", async () => {
    const told = (await changes(simulator, 5))?.items[0];
    if (told === undefined) throw new Error("nothing was told");
    await administer(simulator, "operations", { op: "change", type: "nomenclature", id: told.id, set: {} });
    await acknowledge(simulator, { batchId: "b", accepted: [told], rejected: [] });
    const again = (await changes(simulator, 5000))?.items.find((item) => item.id === told.id);
    expect(again?.version).not.toBe(told.version);
    await acknowledge(simulator, { batchId: "b", accepted: [again], rejected: [] });
    expect((await changes(simulator, 5000))?.items.some((item) => item.id === told.id)).toBe(false);
  });

  test("ignores unknown ids, bears repetition, and refuses what is no acknowledgement", async () => {
    const stranger = {
      type: "Catalog_Контрагенты",
      id: "11111111-1111-1111-1111-111111111111",
      version: "AAAAAAAAAAI=",
    };
    const body = { batchId: "b", accepted: [stranger, null, 7], rejected: [] };
    const response = await acknowledge(simulator, body);
    expect(await response.json()).toEqual({});
    expect((await acknowledge(simulator, body)).status).toBe(200);
    expect((await acknowledge(simulator, { accepted: [] })).status).toBe(400);
  });

  test("tells an older state of an object before its present one in some batches", async () => {
    await administer(simulator, "touch", {});
    const items: Item[] = [];
    for (let batch = await changes(simulator, 400); batch !== null; batch = await changes(simulator, 400)) {
      items.push(...batch.items);
      await acknowledge(simulator, { batchId: batch.batchId, accepted: batch.items, rejected: [] });
    }
    const last = new Map(items.map((item) => [item.type + item.id, item]));
    expect(items.length).toBeGreaterThan(last.size);
    expect([...last.values()].some((item) => item.data.Description === "(прежняя запись)")).toBe(false);
  });

  test("ends with 204 and has then a ledger of everything told, with versions", async () => {
    expect((await call(simulator, "hs/dozor/v1/changes")).status).toBe(204);
    const { entries } = (await (await fetch(`${simulator.url}/_admin/ledger`)).json()) as {
      entries: Record<string, string>[];
    };
    const { objects } = (await stateOf(simulator)) as { objects: Record<string, number> };
    const told = Object.values(objects).reduce((sum, count) => sum + count, 0);
    expect(entries.length).toBeGreaterThan(told * 0.97);
    expect(entries.every((entry) => entry.verdict === "accepted" && entry.version !== "")).toBe(true);
  });

  test("notes what was rejected and why", async () => {
    await administer(simulator, "touch", { type: "contact" });
    const item = (await changes(simulator, 1))?.items[0];
    await acknowledge(simulator, {
      batchId: "b",
      accepted: [],
      rejected: [{ ...item, code: "no_owner", text: "нет владельца" }],
    });
    const { entries } = (await (await fetch(`${simulator.url}/_admin/ledger`)).json()) as {
      entries: Record<string, string>[];
    };
    expect(entries.find((entry) => entry.id === item?.id)).toMatchObject({ verdict: "rejected", code: "no_owner" });
  });
});

describe("one request at a time", () => {
  test("a second one is answered 503 with Retry-After", async () => {
    await using simulator = await start({ ...OPTIONS, concurrency: "503" });
    await administer(simulator, "faults", { endpoint: "http.changes", hang: true });
    const giveUp = new AbortController();
    const first = call(simulator, "hs/dozor/v1/changes", { signal: giveUp.signal }).catch(() => "gone");
    await untilBusy(simulator);
    const second = await call(simulator, "hs/dozor/v1/changes");
    expect(second.status).toBe(503);
    expect(second.headers.get("retry-after")).toBe("1");
    giveUp.abort();
    expect(await first).toBe("gone");
    expect((await stateOf(simulator)).concurrencyViolations).toBe(1);
  });

  test("or waits", async () => {
    await using simulator = await start({ ...OPTIONS, concurrency: "wait" });
    await administer(simulator, "faults", { endpoint: "http.changes", latencyMs: 50 });
    const first = call(simulator, "hs/dozor/v1/changes?limit=1");
    await untilBusy(simulator);
    const second = await call(simulator, "hs/dozor/v1/changes?limit=1");
    expect([(await first).status, second.status]).toEqual([200, 200]);
    expect((await stateOf(simulator)).concurrencyViolations).toBe(1);
  });

  test("or breaks the first", async () => {
    await using simulator = await start({ ...OPTIONS, concurrency: "break" });
    await administer(simulator, "faults", { endpoint: "http.changes", stallAfterBytes: 100 });
    const first = await call(simulator, "hs/dozor/v1/changes");
    const second = await call(simulator, "hs/dozor/v1/changes?limit=1");
    expect(second.status).toBe(200);
    await expect(first.text()).rejects.toThrow();
  });
});

describe("the exchange plan of 1C", () => {
  test("tells a packet again until it is notified, and moves ReceivedNo", async () => {
    await using simulator = await start({ ...OPTIONS, packetSize: 50, repeatShare: 0 });
    const first = await selectJson(simulator, 1);
    expect(first).toHaveLength(50);
    const again = await selectJson(simulator, 1);
    expect(again.slice(0, 50)).toEqual(first);
    const notified = await exchange(simulator, "NotifyChangesReceived", 1);
    expect([notified.status, await notified.text()]).toEqual([200, ""]);
    expect((await nodeOf(simulator)).ReceivedNo).toBe("1");
    const next = await selectJson(simulator, 2);
    const told = new Set(again.map((one) => one.Ref_Key));
    expect(next.some((one) => one.Ref_Key !== undefined && told.has(one.Ref_Key))).toBe(false);
  });

  test("keeps registered what was written after it was told", async () => {
    await using simulator = await start({ ...OPTIONS, packetSize: 10, repeatShare: 0 });
    const [told] = await selectJson(simulator, 1);
    await administer(simulator, "operations", {
      op: "change",
      type: "nomenclature",
      id: told?.Ref_Key,
      set: { name: "Новое имя" },
    });
    await exchange(simulator, "NotifyChangesReceived", 1);
    const { waiting } = (await stateOf(simulator)) as { waiting: { odata: number } };
    const later: Record<string, unknown>[] = [];
    for (let messageNo = 2; later.length < waiting.odata; messageNo++) {
      later.push(...(await selectJson(simulator, messageNo)));
      await exchange(simulator, "NotifyChangesReceived", messageNo);
    }
    expect(later.find((one) => one.Ref_Key === told?.Ref_Key)).toMatchObject({ Description: "Новое имя" });
    expect(await selectJson(simulator, 999)).toEqual([]);
  });

  test("answers Atom by default: type by category, tabular parts, tombstones for what was taken away", async () => {
    await using simulator = await start({ ...OPTIONS, packetSize: 5000 });
    const asset = simulator.world.entityAt("asset", 3).id;
    await administer(simulator, "operations", { op: "remove", type: "asset", id: asset });
    const response = await exchange(simulator, "SelectChanges", 1);
    expect(response.headers.get("content-type")).toContain("application/atom+xml");
    const feed = await response.text();
    expect(feed).toContain('xmlns:at="http://purl.org/atompub/tombstones/1.0"');
    expect(feed).toContain('<category term="StandardODATA.Catalog_ДоговорыЛизинга"');
    expect(feed).toContain('<d:element m:type="StandardODATA.Catalog_ДоговорыЛизинга_ПредметыЛизинга_RowType">');
    expect(feed).toContain(
      `<at:deleted-entry ref="${simulator.url}/leasing/odata/standard.odata/Catalog_ПредметыЛизинга(guid'${asset}')"`,
    );
    expect(feed.trimEnd().endsWith("</feed>")).toBe(true);
  });

  test("names types in JSON and shows a removed object as its key with the mark", async () => {
    await using simulator = await start({ ...OPTIONS, packetSize: 5000 });
    const asset = simulator.world.entityAt("asset", 3).id;
    await administer(simulator, "operations", { op: "remove", type: "asset", id: asset });
    const text = await (await exchange(simulator, "SelectChanges", 1, "&$format=json")).text();
    expect(text).toContain(
      `{"odata.type":"StandardODATA.Catalog_ПредметыЛизинга","Ref_Key":"${asset}","DeletionMark":true}`,
    );
    expect(text).toContain(`"VIN":"XTA00000000000001","VIN":"XTA00000000000002"`);
    expect(text).toContain(`"СуммаЗадолженности":9007199254740993`);
  });
});

describe("the OData interface of 1C", () => {
  test("refuses a GET, its own node and strangers", async () => {
    await using simulator = await start(OPTIONS);
    expect((await call(simulator, "odata/standard.odata/SelectChanges?MessageNo=1")).status).toBe(405);
    const point = encodeURIComponent("'ExchangePlan_Дозор(guid'11111111-1111-1111-1111-111111111111')'");
    const path = `odata/standard.odata/SelectChanges?DataExchangePoint=${point}&MessageNo=1`;
    expect((await call(simulator, path, { method: "POST" })).status).toBe(404);
  });

  test("tells its errors in three shapes", async () => {
    const shapes = { odata: "odata.error", exception: "exception", html: "application error" } as const;
    for (const [errorShape, sign] of Object.entries(shapes)) {
      await using simulator = await start({ ...OPTIONS, errorShape: errorShape as keyof typeof shapes });
      const response = await call(simulator, `odata/standard.odata/${encodeURIComponent("Catalog_Нет")}?$format=json`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain(sign);
    }
  });

  test("reads a set by pages and counts it as a string", async () => {
    await using simulator = await start(OPTIONS);
    const path = `odata/standard.odata/${encodeURIComponent("Catalog_ПредметыЛизинга")}`;
    const page = await call(simulator, `${path}?$format=json&$top=2&$skip=1&$inlinecount=allpages`);
    const body = (await page.json()) as Record<string, unknown>;
    expect(body["odata.count"]).toBe("300");
    expect(body.value).toHaveLength(2);
  });
});

describe("sessions of 1C", () => {
  const start1 = { headers: { ibsession: "start" } };

  test("are reused by a cookie and gone when they expire", async () => {
    await using simulator = await start(OPTIONS);
    const cookie =
      (await call(simulator, "hs/dozor/v1/changes?limit=1", start1)).headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(cookie).toStartWith("ibsession=");
    expect((await call(simulator, "hs/dozor/v1/changes?limit=1", { headers: { cookie } })).status).toBe(200);
    await administer(simulator, "expire-sessions", {});
    expect((await call(simulator, "hs/dozor/v1/changes?limit=1", { headers: { cookie } })).status).toBe(400);
  });

  test("may be ignored or refused with 406", async () => {
    await using deaf = await start({ ...OPTIONS, sessions: "ignore" });
    expect((await call(deaf, "hs/dozor/v1/changes?limit=1", start1)).headers.get("set-cookie")).toBeNull();
    await using full = await start({ ...OPTIONS, sessions: "refuse" });
    expect((await call(full, "hs/dozor/v1/changes?limit=1", start1)).status).toBe(406);
    expect((await call(full, "hs/dozor/v1/changes?limit=1")).status).toBe(200);
  });
});

describe("faults", () => {
  test("cut an answer in the middle, put HTML with status 200, a status, or a byte order mark in its place", async () => {
    await using simulator = await start({ ...OPTIONS, bom: true });
    const bytes = new Uint8Array(await (await call(simulator, "hs/dozor/v1/changes?limit=1")).arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    await administer(simulator, "faults", { endpoint: "http.changes", cutAfterBytes: 300 });
    await expect((await call(simulator, "hs/dozor/v1/changes")).text()).rejects.toThrow();
    await administer(simulator, "faults", { faults: [{ htmlPage200: true }, { status: 502, times: 2 }] });
    const page = await call(simulator, "hs/dozor/v1/changes");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    for (const status of [502, 502, 200])
      expect((await call(simulator, "hs/dozor/v1/changes?limit=1")).status).toBe(status);
    await administer(simulator, "outage", { on: true, status: 500 });
    expect((await call(simulator, "hs/dozor/v1/changes")).status).toBe(500);
    await administer(simulator, "outage", { on: false });
    expect((await call(simulator, "hs/dozor/v1/changes")).status).toBe(200);
    const { counters } = (await stateOf(simulator)) as { counters: Record<string, Record<string, number>> };
    expect(counters["http.changes"]).toMatchObject({ "200": 5, "502": 2, "500": 1 });
  });

  test("cut an answer that has no body, after the work was done", async () => {
    await using simulator = await start(OPTIONS);
    await (await exchange(simulator, "SelectChanges", 1)).text();
    await administer(simulator, "faults", { endpoint: "odata.notify", cutAfterBytes: 0 });
    await expect(exchange(simulator, "NotifyChangesReceived", 1).then((answer) => answer.text())).rejects.toThrow();
    expect((await nodeOf(simulator)).ReceivedNo).toBe("1");
  });

  test("spoil bytes", async () => {
    await using simulator = await start(OPTIONS);
    await administer(simulator, "faults", { faults: [{ corrupt: "nul" }, { corrupt: "utf8" }] });
    const bytes = async () => new Uint8Array(await (await call(simulator, "hs/dozor/v1/changes")).arrayBuffer());
    expect((await bytes()).includes(0)).toBe(true);
    expect((await bytes()).includes(0xff)).toBe(true);
  });
});

test("objects are made heavy by a comment and not changed otherwise", async () => {
  await using simulator = await start(OPTIONS);
  const before = simulator.world.entityAt("contact", 0);
  await administer(simulator, "touch", { type: "contact", commentChars: 2000 });
  const item = (await changes(simulator, 5000))?.items.find(({ id }) => id === before.id);
  expect(item?.data.Комментарий).toHaveLength(2000);
  expect(simulator.world.entityAt("contact", 0)).toEqual(before);
});

test("the truth is told with the fate of every broken record", async () => {
  await using simulator = await start(OPTIONS);
  const truth = (await (await fetch(`${simulator.url}/_admin/truth?asOf=${NOW}&businessDate=2025-11-20`)).json()) as {
    watched: string[];
    asOf: string;
    dirt: { kind: string; fate: string; id: string }[];
  };
  expect(truth.watched.length).toBeGreaterThan(150);
  expect(truth.asOf).toBe("2025-11-20T09:00:00.000Z");
  expect(new Set(truth.dirt.map((one) => one.kind)).size).toBe(15);
  expect((await fetch(`${simulator.url}/_admin/truth?asOf=yesterday`)).status).toBe(400);
});
