import { expect, setDefaultTimeout, test } from "bun:test";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type Registry, startRegistry } from "./harness.ts";
import {
  assetItem,
  contactItem,
  contractItem,
  counterpartyItem,
  guid,
  nomenclatureItem,
  scriptedOnec,
} from "./scripted-onec.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

async function registryOn(onec: { url: string }) {
  return await startRegistry({ sources: [{ baseUrl: onec.url }] });
}
const everything = () => [
  nomenclatureItem(100),
  counterpartyItem(300),
  counterpartyItem(301, { ИНН: "7710723134", ОГРН: "1087746829994" }),
  contactItem(400),
  contractItem(200),
  assetItem(1),
];
const outboxCount = async ({ sql }: Registry) => (await sql`select 1 from runtime.outbox`).length;

test("records that come again unchanged change nothing, whatever their version says", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = everything();
  await registry.poll();
  const before = await registry.snapshots();
  expect(before.get(guid(1))?.lessee?.name).toBe('ООО "Рога 300"');
  const published = await outboxCount(registry);

  onec.waiting = everything().map((item) => ({
    ...item,
    version: "v2",
    data: Object.fromEntries(Object.entries({ ...item.data, DataVersion: "v2" }).toReversed()),
  }));
  const { totals } = await registry.poll();
  expect(totals).toMatchObject({ received: 12n, saved: 6n, unchanged: 6n, acknowledged: 12n });
  expect(await registry.snapshots()).toEqual(before);
  expect(await outboxCount(registry)).toBe(published);
  const [changed] = await registry.sql`select 1 from asset where version > 1`;
  expect(changed).toBeUndefined();
});

test("an asset that came before everything else is told anew as its contract, nomenclature and lessee arrive", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = [assetItem(1)];
  await registry.poll();
  const alone = (await registry.snapshots()).get(guid(1));
  expect([alone?.version, alone?.contract, alone?.nomenclature, alone?.lessee]).toEqual([
    1n,
    undefined,
    undefined,
    undefined,
  ]);

  onec.waiting = [
    contractItem(200, { ПлановыйПробегКмВГод: "30 000,5", ШиротаЭксплуатации: 0, ДолготаЭксплуатации: 0 }),
  ];
  await registry.poll();
  const contracted = (await registry.snapshots()).get(guid(1));
  expect(contracted?.contract).toMatchObject({ number: "ДЛ-200", status: ContractStatus.ACTIVE, endDate: "" });
  expect(contracted?.contract?.plannedMileageKmPerYear).toBe(30_000.5);
  expect(contracted?.contract?.agreedLocation?.latitudeDeg).toBeUndefined();

  onec.waiting = [nomenclatureItem(100), counterpartyItem(300)];
  await registry.poll();
  const whole = (await registry.snapshots()).get(guid(1));
  expect(whole?.version).toBe(3n);
  expect(whole?.nomenclature?.kind).toBe(NomenclatureKind.PASSENGER_CAR);
  expect(whole?.lessee?.inn).toBe("7736050003");
});

test("an asset that names no contract is found by the contract that names it, and lost when it does no longer", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  const row = { LineNumber: "1", ПредметЛизинга_Key: guid(1), ДатаПередачи: "2026-02-01T10:00:00" };
  onec.waiting = [
    assetItem(1, { ДоговорЛизинга_Key: guid(0).replaceAll(/[^-]/g, "0") }),
    contractItem(200, { ПредметыЛизинга: [row] }),
  ];
  await registry.poll();
  const named = (await registry.snapshots()).get(guid(1));
  expect(named?.contract).toMatchObject({ number: "ДЛ-200", handoverDate: "2026-02-01", returnDate: "" });

  onec.waiting = [contractItem(200, { ПредметыЛизинга: [{ ...row, ДатаВозврата: "2026-11-01T00:00:00" }] }, 2)];
  await registry.poll();
  expect((await registry.snapshots()).get(guid(1))?.contract?.returnDate).toBe("2026-11-01");

  onec.waiting = [contractItem(200, { ПредметыЛизинга: [] }, 3)];
  await registry.poll();
  expect((await registry.snapshots()).get(guid(1))?.contract).toBeUndefined();
});

test("an object that is only said to be gone keeps what was known of it, and comes back as it was", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = everything();
  await registry.poll();
  const before = (await registry.snapshots()).get(guid(1));
  const gone = { Ref_Key: guid(1), DeletionMark: true };
  onec.waiting = [{ type: "Catalog_ПредметыЛизинга", id: guid(1), version: "v2", deleted: true, data: gone }];
  await registry.poll();
  const removed = (await registry.snapshots()).get(guid(1));
  expect(removed).toMatchObject({ deleted: true, vin: "XTA210990Y2765432", version: 2n });

  onec.waiting = [assetItem(1, {}, 3)];
  await registry.poll();
  const back = (await registry.snapshots()).get(guid(1));
  expect(back).toMatchObject({ deleted: false, version: 3n });
  expect(back?.contentHash).toEqual(before?.contentHash ?? new Uint8Array());
});

test("of one object told twice in a batch the later counts, and both versions are acknowledged", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = [assetItem(1, { СерийныйНомер: "old" }, 1), assetItem(1, { СерийныйНомер: "new" }, 2)];
  const { totals } = await registry.poll();
  expect((await registry.snapshots()).get(guid(1))?.serialNumber).toBe("new");
  expect(totals).toMatchObject({ received: 2n, saved: 1n, unchanged: 1n });
  expect(onec.acknowledgements[0]?.accepted.map(({ version }) => version)).toEqual(["v1", "v2"]);
});

test("nothing is acknowledged that is not committed, and what is refused is in quarantine before it is rejected", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  const bad = contractItem(201, { ДатаНачала: "2024-02-30T00:00:00", СуммаЗадолженности: "много" });
  onec.waiting = [assetItem(1), bad];
  onec.beforeAcknowledgement = async ({ accepted, rejected }) => {
    const saved = await registry.sql`select external_id from asset`;
    expect(saved.map(({ external_id }) => external_id)).toEqual(accepted.map(({ id }) => id));
    const kept = await registry.sql`select external_id, first_rule from quarantine`;
    expect(kept.map(({ external_id }) => external_id)).toEqual(rejected.map(({ id }) => id));
  };
  const { lastError } = await registry.poll();
  expect(lastError).toBe("");
  expect(onec.acknowledgements[0]?.rejected[0]).toMatchObject({ code: "invalid_date", id: guid(201), version: "v1" });
  expect(onec.acknowledgements[0]?.rejected[0]?.text).toContain("СуммаЗадолженности");
});

test("an answer that breaks off is not acknowledged, and what it told is there once when it comes again", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = Array.from({ length: 450 }, (_, index) => assetItem(1_000 + index));
  onec.instead = [async (answer) => cut(await answer().text(), 0.9)];
  const state = await registry.poll();
  expect(state.lastError).toBe("");
  expect(onec.acknowledgements.length).toBe(1);
  expect(state.totals).toMatchObject({ saved: 450n, acknowledged: 450n });
  expect(state.totals?.unchanged).toBeGreaterThanOrEqual(200n);
});

for (const [what, answer] of [
  [
    "a page of HTML",
    () => new Response("<html><body>Ошибка</body></html>", { headers: { "content-type": "text/html" } }),
  ],
  ["an error of OData", () => Response.json({ "odata.error": { code: "6", message: { value: "нет поля" } } })],
  ["a chain of exceptions", () => Response.json({ exception: { descr: "сбой", inner: { descr: "нет места" } } })],
  ["nothing at all", () => new Response("")],
] as const) {
  test(`${what} with status 200 is a failed poll, not an empty one`, async () => {
    const onec = scriptedOnec();
    await using registry = await registryOn(onec);
    onec.waiting = [assetItem(1)];
    onec.instead = [answer];
    // The poll repeats the call by itself.
    const { lastError, totals } = await registry.poll();
    expect([lastError, totals?.saved]).toEqual(["", 1n]);
    expect(onec.instead.length).toBe(0);
  });
}

test("a busy publication is asked again when it said, never twice at once", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = [assetItem(1)];
  const busy = () => new Response("занято", { status: 503, headers: { "retry-after": "0" } });
  onec.instead = [busy, busy];
  const { totals } = await registry.poll();
  expect(totals?.saved).toBe(1n);
  expect(onec.callsAtOnceMax).toBe(1);
});

test("a record the decoder would not take is quarantined alone and once, however often it comes", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  const broken = `{"type":"Catalog_ПредметыЛизинга","id":"${guid(2)}","version":"v1","deleted":false,"data":{"VIN":"1","VIN":"2"}}`;
  onec.waiting = [broken, assetItem(1), '{"type":"Catalog_ПредметыЛизинга","data":{"Описание":"\\u0000"}}'];
  await registry.poll();
  await registry.poll();
  const kept = await registry.sql`select external_id, first_rule, received_count from quarantine order by first_rule`;
  expect(kept.map(({ external_id, first_rule }) => [external_id, first_rule])).toEqual([
    ["", "control_character"],
    [guid(2), "duplicate_key"],
  ]);
  expect(Number(kept[0]?.received_count)).toBeGreaterThan(1);
  expect(onec.acknowledgements[0]?.rejected.map(({ id, code }) => [id, code])).toEqual([[guid(2), "duplicate_key"]]);
  expect((await registry.snapshots()).size).toBe(1);
});

test("a type that the mapping does not know is counted and acknowledged", async () => {
  const onec = scriptedOnec();
  await using registry = await registryOn(onec);
  onec.waiting = [{ type: "Catalog_Валюты", id: guid(9), version: "v1", deleted: false, data: { Код: "643" } }];
  const { totals } = await registry.poll();
  expect(totals).toMatchObject({ received: 1n, ignored: 1n, acknowledged: 1n });
});

function cut(text: string, share: number): Response {
  const bytes = new TextEncoder().encode(text);
  const half = bytes.subarray(0, Math.floor(bytes.length * share));
  return new Response(half);
}
