import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CounterpartyType } from "@dozor/proto/registry/v1/entities";
import { start as startOnec } from "@dozor/simulators/onec/server";
import { createWorld } from "@dozor/simulators/world/world";
import { noon, startRegistry } from "./harness.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

const recorded = join(import.meta.dir, "../../../../shared/data/1c");
const servers: { stop(closeActive: boolean): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

const nodes = {
  value: [
    {
      Ref_Key: "b0000000-0000-0000-0000-000000000001",
      Code: "00",
      ThisNode: true,
      ReceivedNo: "0",
      DeletionMark: false,
    },
    {
      Ref_Key: "b0000000-0000-0000-0000-000000000002",
      Code: "ДЗ",
      ThisNode: false,
      ReceivedNo: "6",
      DeletionMark: false,
    },
  ],
};

/** A publication that answers SelectChanges with these packets in turn, then with nothing. */
function replay(packets: string[], headers: Record<string, string> = {}) {
  const calls: string[] = [];
  let receivedNo = 6;
  const empty = `<feed xmlns="http://www.w3.org/2005/Atom"/>`;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      const call = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
      const messageNo = Number(url.searchParams.get("MessageNo"));
      calls.push(`${request.method} ${call} ${messageNo || ""} ${request.headers.get("ibsession") ?? ""}`.trim());
      if (call === "NotifyChangesReceived") {
        receivedNo = messageNo;
        packets.shift();
        return new Response(null, { status: 200 });
      }
      if (call === "SelectChanges") return new Response(packets[0] ?? empty, { headers });
      const [own, ours] = nodes.value;
      return Response.json({ value: [own, { ...ours, ReceivedNo: String(receivedNo) }] }, { headers });
    },
  });
  servers.push(server);
  return { url: `${server.url.origin}/trade_demo/odata/standard.odata`, calls };
}

test.skipIf(!existsSync(recorded))("the recorded answers of a live base come through, dirt and all", async () => {
  const text = (file: string) => Bun.file(join(recorded, file)).text();
  const onec = replay([await text("msg002_nomenklatura.xml"), await text("msg004_kontragenti.xml")]);
  await using registry = await startRegistry({ sources: [{ adapter: "1c-odata", baseUrl: onec.url }] });
  const state = await registry.poll();
  expect(state.lastError).toBe("");
  expect(state.totals).toMatchObject({ received: 10n, saved: 10n, acknowledged: 10n, packets: 2n });
  const { counterparties } = await registry.entities().listCounterparties({ includeDeleted: true });
  const dirty = counterparties.find(({ inn }) => inn === "0012123456");
  expect(dirty).toMatchObject({ kpp: "5678999", type: CounterpartyType.LEGAL_ENTITY });
  expect(dirty?.header?.remarks.map(({ rule }) => rule)).toEqual(["inn_region", "kpp_format"]);
  expect(counterparties.filter(({ header }) => header?.deleted).map(({ fullName }) => fullName)).toEqual([
    'ООО "Альтаир"',
  ]);
  const { nomenclature } = await registry.entities().listNomenclature({});
  expect(nomenclature.length).toBe(5);
  expect(nomenclature[0]?.header?.rawJson).toContain("ИспользованиеХарактеристик");
});

test("our node is read, its number plus one is asked for and notified, and an empty packet is not", async () => {
  const entry = (id: string) =>
    `<entry><category term="StandardODATA.Catalog_Валюты"/><content><m:properties><d:Ref_Key>${id}</d:Ref_Key></m:properties></content></entry>`;
  const onec = replay([`<feed>${entry("b0000000-0000-0000-0000-000000000009")}</feed>`]);
  await using registry = await startRegistry({ sources: [{ adapter: "1c-odata", baseUrl: onec.url }] });
  const { totals } = await registry.poll();
  // Nothing of it was understood, and yet it must not block the queue.
  expect(totals).toMatchObject({ received: 1n, ignored: 1n, acknowledged: 1n });
  expect(onec.calls.slice(0, 5)).toEqual([
    "GET ExchangePlan_Дозор  start",
    "POST SelectChanges 7",
    "POST NotifyChangesReceived 7",
    "GET ExchangePlan_Дозор  start",
    "POST SelectChanges 8",
  ]);
  expect(onec.calls.filter((call) => call.includes("Notify")).length).toBe(1);
});

test("the node of the base itself is refused", async () => {
  const onec = replay([]);
  await using registry = await startRegistry({
    sources: [{ adapter: "1c-odata", baseUrl: onec.url, nodeCode: "00" }],
  });
  const { lastError, healthy } = await registry.poll();
  expect(lastError).toContain("00 is the base itself");
  expect(healthy).toBe(false);
  expect(onec.calls.some((call) => call.includes("SelectChanges"))).toBe(false);
});

for (const sessions of ["honour", "ignore", "refuse"] as const) {
  test(`a publication which sessions ${sessions === "honour" ? "work" : `would ${sessions}`} is polled all the same`, async () => {
    const world = createWorld({ seed: 5, assets: 40, now: noon.toISOString() });
    await using onec = await startOnec({ world, clock: "fixed", firstAnswerMs: 0, dirt: 0, sessions, packetSize: 60 });
    const source = { adapter: "1c-odata" as const, baseUrl: `${onec.url}/leasing/odata/standard.odata` };
    await using registry = await startRegistry({ sources: [source] });
    await fetch(`${onec.url}/_admin/expire-sessions`, { method: "POST", body: "{}" });
    const { lastError, totals } = await registry.poll();
    expect(lastError).toBe("");
    expect(totals?.saved).toBeGreaterThan(0n);
    expect(totals?.acknowledged).toBe(totals?.received ?? -1n);
  });
}

test("a packet that breaks off is asked for again and nothing is lost", async () => {
  const world = createWorld({ seed: 5, assets: 200, now: noon.toISOString() });
  await using onec = await startOnec({ world, clock: "fixed", firstAnswerMs: 0, dirt: 0 });
  const faults = { endpoint: "odata.select", cutAfterBytes: 300_000 };
  await fetch(`${onec.url}/_admin/faults`, { method: "POST", body: JSON.stringify(faults) });
  const source = { adapter: "1c-odata" as const, baseUrl: `${onec.url}/leasing/odata/standard.odata` };
  await using registry = await startRegistry({ sources: [source] });
  const { lastError, totals } = await registry.poll();
  expect(lastError).toBe("");
  const { waiting } = (await (await fetch(`${onec.url}/_admin/state`)).json()) as { waiting: { odata: number } };
  expect(waiting.odata).toBe(0);
  expect(totals?.received).toBeGreaterThan(totals?.acknowledged ?? 0n);
});
