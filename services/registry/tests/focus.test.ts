import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { noon, startRegistry } from "./harness.ts";
import { assetItem, contractItem, counterpartyItem, guid, scriptedOnec } from "./scripted-onec.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

const servers: { stop(closeActive: boolean): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

const gazprom = { inn: "7736050003", ogrn: "1027700070518", UL: { legalName: { short: "ПАО Газпром" }, status: {} } };
const byMistake = { inn: "7736050003", ogrn: "1061515009555", UL: { status: { dissolved: true } } };
const property = {
  inn: "7710723134",
  ogrn: "1087746829994",
  UL: { status: {}, predecessors: [{ inn: "7710542402", ogrn: "1047796345794" }] },
};
const oldProperty = { inn: "7710542402", ogrn: "1047796345794", UL: { status: { dissolved: true } } };
const register = [byMistake, gazprom, property, oldProperty];

/** Kontur.Focus which knows these companies; `instead` answers in its place, in turn. */
function focusServer() {
  const asked: string[] = [];
  const instead: (() => Response)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      const by = url.searchParams.has("inn") ? "inn" : "ogrn";
      const numbers = (url.searchParams.get(by) ?? "").split(",");
      asked.push(`${url.pathname} ${by} ${numbers.toSorted().join(",")}`);
      const script = instead.shift();
      if (script !== undefined) return script();
      const records = register.filter((record) => numbers.includes(record[by]));
      return records.length === 0
        ? new Response("inn/ogrn param is not specified", { status: 400 })
        : Response.json(records);
    },
  });
  servers.push(server);
  return { url: server.url.origin, asked, instead };
}

async function registryWithFocus(dailyQuota = 100) {
  const onec = scriptedOnec();
  const focus = focusServer();
  const registry = await startRegistry({
    sources: [{ baseUrl: onec.url }],
    kontur: { baseUrl: focus.url, dailyQuota },
  });
  return { onec, focus, registry, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

test("what Focus says is kept beside what the source said, and told with the asset", async () => {
  await using mesh = await registryWithFocus();
  const { onec, registry } = mesh;
  onec.waiting = [
    assetItem(1),
    contractItem(200),
    counterpartyItem(300),
    counterpartyItem(301, { ИНН: property.inn, ОГРН: oldProperty.ogrn }),
    counterpartyItem(302, { ИНН: gazprom.inn, ОГРН: property.ogrn }),
    counterpartyItem(303, { ИНН: "9909123456", ОГРН: "" }),
  ];
  await registry.poll();
  const snapshot = (await registry.snapshots()).get(guid(1));
  expect(snapshot?.lessee).toMatchObject({ identity: CounterpartyIdentity.DUPLICATE_INN, dissolved: false });
  expect(snapshot?.lessor).toMatchObject({
    identity: CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR,
    ogrn: oldProperty.ogrn,
  });
  expect(snapshot?.lessor?.focusOgrn).toBe(property.ogrn);
  const { findings } = await registry.quality().listFindings({});
  expect(findings.map(({ rule }) => rule).toSorted()).toEqual([
    "duplicate_inn",
    "inn_ogrn_conflict",
    "inn_ogrn_of_predecessor",
  ]);
  const { counterparties } = await registry.entities().listCounterparties({ inn: "9909123456" });
  expect(counterparties[0]?.identity).toBe(CounterpartyIdentity.NOT_FOUND);
});

test("a number is asked for once a day, however many counterparties carry it and however often they change", async () => {
  await using mesh = await registryWithFocus();
  const { onec, focus, registry } = mesh;
  onec.waiting = [counterpartyItem(300), counterpartyItem(301)];
  await registry.poll();
  expect(focus.asked).toEqual([`/api3/req inn ${gazprom.inn}`, `/api3/req ogrn ${gazprom.ogrn}`]);
  onec.waiting = [counterpartyItem(300, { КПП: "997250001" }, 2), counterpartyItem(302, { ОГРН: byMistake.ogrn })];
  await registry.poll();
  expect(focus.asked.slice(2)).toEqual([`/api3/req ogrn ${byMistake.ogrn}`]);

  registry.clock.advance(86_400_000 + 1);
  await registry.service.runNow("enrich-counterparties");
  expect(focus.asked.slice(3)).toEqual([
    `/api3/req inn ${gazprom.inn}`,
    `/api3/req ogrn ${gazprom.ogrn},${byMistake.ogrn}`,
  ]);
});

test("a check that only repeats the last one tells nobody anything", async () => {
  await using mesh = await registryWithFocus();
  const { onec, registry } = mesh;
  onec.waiting = [assetItem(1), contractItem(200), counterpartyItem(300)];
  await registry.poll();
  const before = (await registry.snapshots()).get(guid(1))?.version;
  registry.clock.advance(86_400_000 + 1);
  await registry.service.runNow("enrich-counterparties");
  await registry.service.runNow("publish-snapshots");
  expect((await registry.snapshots()).get(guid(1))?.version).toBe(before);
});

test("a refused key stops the questions for good and the administrator is told once", async () => {
  await using mesh = await registryWithFocus();
  const { onec, focus, registry } = mesh;
  focus.instead.push(() => new Response("No valid key specified", { status: 403 }));
  onec.waiting = [counterpartyItem(300)];
  const { lastError } = await registry.poll();
  await registry.service.runNow("enrich-counterparties");
  registry.clock.set(new Date(noon.getTime() + 7 * 86_400_000));
  await registry.service.runNow("enrich-counterparties");
  expect([focus.asked.length, lastError]).toEqual([1, ""]);
  const stops = await registry.sql`select reason from focus_stop`;
  expect(stops.map(({ reason }) => reason)).toEqual(["No valid key specified"]);
});

test("a busy Focus is waited for", async () => {
  await using mesh = await registryWithFocus();
  const { onec, focus, registry } = mesh;
  focus.instead.push(
    () => new Response("", { status: 429, headers: { "retry-after": "0" } }),
    () => new Response("", { status: 502 }),
    () => new Response('[{"inn":"77360'),
  );
  onec.waiting = [counterpartyItem(300)];
  await registry.poll();
  const { counterparties } = await registry.entities().listCounterparties({});
  expect(counterparties[0]).toMatchObject({ identity: CounterpartyIdentity.DUPLICATE_INN });
  expect(counterparties[0]?.focus?.name).toBe("ПАО Газпром");
});

test("the daily quota is never exceeded, and the rest is asked the day after", async () => {
  await using mesh = await registryWithFocus(1);
  const { onec, focus, registry } = mesh;
  onec.waiting = [counterpartyItem(300)];
  await registry.poll();
  await registry.service.runNow("enrich-counterparties");
  expect(focus.asked).toEqual([`/api3/req inn ${gazprom.inn}`]);
  registry.clock.advance(43_200_000);
  await registry.service.runNow("enrich-counterparties");
  expect(focus.asked.slice(1)).toEqual([`/api3/req ogrn ${gazprom.ogrn}`]);
  const { counterparties } = await registry.entities().listCounterparties({});
  expect(counterparties[0]?.identity).toBe(CounterpartyIdentity.DUPLICATE_INN);
});
