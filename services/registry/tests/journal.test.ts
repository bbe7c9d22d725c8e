import { expect, setDefaultTimeout, test } from "bun:test";
import { MessageState } from "@dozor/proto/integration/v1/queue";
import { start as startReceiver } from "@dozor/simulators/receiver/server";
import { eventually } from "@dozor/testkit/eventually";
import { type Registry, startRegistry } from "./harness.ts";
import { assetItem, guid, scriptedOnec } from "./scripted-onec.ts";

setDefaultTimeout(60_000);

const secret = "a-secret-of-this-test";

type Row = {
  objectId: string;
  requestType: string;
  state: number;
  version: string;
  description: string;
  skipReason: string;
  body: Record<string, unknown>;
};
async function journal({ sql }: Registry, requestType: string): Promise<Row[]> {
  return await sql<Row[]>`
    select object_id as "objectId", request_type as "requestType", request_state as state, object_version as version, description,
      skip_reason as "skipReason", body
    from integration_message where request_type = ${requestType} order by counter`;
}

const assetType = "Catalog_ПредметыЛизинга";

test("a record is in the journal once for each version, with what it said and what it became", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [assetItem(1)];
  await registry.poll();
  onec.waiting = [assetItem(1)];
  await registry.poll();
  onec.waiting = [assetItem(1, {}, 2)];
  await registry.poll();
  onec.waiting = [assetItem(1, { ГосНомер: "В123ВС77" }, 3)];
  await registry.poll();
  const rows = await journal(registry, assetType);
  expect(rows.map(({ version, state }) => `${version} ${state}`)).toEqual(["v1 3", "v2 3", "v3 3"]);
  expect(rows[0]).toMatchObject({ objectId: guid(1), body: { ГосНомер: "А123ВС77" } });
  const [asset] = await registry.sql`select source_version from asset`;
  expect(asset?.source_version).toBe("v3");
});

test("a refused record is in the journal once with its reasons, and a newer one that is accepted supersedes it", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  const dirty = assetItem(1, { ГодВыпуска: "позапрошлый" });
  onec.waiting = [dirty];
  await registry.poll();
  onec.waiting = [dirty];
  await registry.poll();
  const [refused, another] = await journal(registry, assetType);
  expect(another).toBeUndefined();
  expect(refused).toMatchObject({ state: 4, skipReason: "", objectId: guid(1) });
  expect(refused?.description).toContain("позапрошлый");
  onec.waiting = [assetItem(1, {}, 2)];
  await registry.poll();
  const [old, accepted] = await journal(registry, assetType);
  expect(old?.skipReason).toStartWith("superseded by ");
  expect(accepted?.state).toBe(3);
});

test("a quarantined record that is accepted settles its message in the journal, and makes no second one", async () => {
  const onec = scriptedOnec();
  await using strict = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [assetItem(1, { ГодВыпуска: "позапрошлый" })];
  await strict.poll();
  const [kept] = await strict.sql<{ id: string }[]>`
    update quarantine set raw = convert_to(replace(convert_from(raw, 'UTF8'), '"позапрошлый"', '2020'), 'UTF8') returning id`;
  const { accepted } = await strict.source().reprocessQuarantinedRecord({ id: kept?.id ?? "", dryRun: false });
  expect(accepted).toBe(true);
  expect((await journal(strict, assetType)).map(({ state }) => state)).toEqual([3]);
});

test("of two contents that one version of a record had, each is read again by its own message", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  for (const year of ["позапрошлый", "прошлый"]) {
    onec.waiting = [assetItem(1, { ГодВыпуска: year })];
    await registry.poll();
  }
  await registry.sql`
    update quarantine set raw = convert_to(replace(convert_from(raw, 'UTF8'), '"позапрошлый"', '2020'), 'UTF8')`;
  const [older] = await registry.sql<{ recordId: string }[]>`
    select record_id as "recordId" from integration_message where request_type = ${assetType} order by counter`;
  const queue = registry.queue();
  const { message } = await queue.retryMessage({ recordId: older?.recordId ?? "", reason: "mended by hand" });
  expect(message?.requestState).toBe(MessageState.PROCESSED);
  const [asset] = await registry.sql<{ year: number }[]>`select manufacture_year as year from asset`;
  expect(asset?.year).toBe(2020);
});

test("an older refused version that is read again gives up what is older still, and never a newer one", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  for (const [at, year] of ["первый", "второй", "третий"].entries()) {
    onec.waiting = [assetItem(1, { ГодВыпуска: year }, at + 1)];
    await registry.poll();
  }
  await registry.sql`
    update quarantine set raw = convert_to(regexp_replace(convert_from(raw, 'UTF8'), '"(первый|второй|третий)"', '2020'), 'UTF8')`;
  const messages = await registry.sql<{ recordId: string }[]>`
    select record_id as "recordId" from integration_message where request_type = ${assetType} order by counter`;
  const [, older, newest] = messages.map(({ recordId }) => recordId);
  const queue = registry.queue();
  const told = async () =>
    (await journal(registry, assetType)).map(({ state, skipReason }) => [state, skipReason].join(" ").trim());
  await queue.retryMessage({ recordId: older ?? "", reason: "mended by hand" });
  expect(await told()).toEqual([`4 superseded by ${older}`, "3", "4"]);
  await queue.retryMessage({ recordId: newest ?? "", reason: "mended by hand" });
  expect(await told()).toEqual([`4 superseded by ${older}`, "3", "3"]);
  const [asset] = await registry.sql<{ version: string }[]>`select source_version as version from asset`;
  expect(asset?.version).toBe("v3");
});

test("what changes is sent to the receivers that want it, and nothing to the others", async () => {
  const onec = scriptedOnec();
  await using receiver = await startReceiver({ secret });
  const address = { url: `${receiver.url}/objects`, secret, timeoutMs: 5_000, parallelMax: 4 };
  await using registry = await startRegistry({
    sources: [{ baseUrl: onec.url }],
    receivers: [
      { ...address, name: "portal", objects: ["asset", "contract"] },
      { ...address, name: "directory", objects: ["counterparty"] },
    ],
  });
  onec.waiting = [assetItem(1)];
  await registry.poll();
  onec.waiting = [assetItem(1, { ГосНомер: "В123ВС77" }, 2)];
  await registry.poll();
  const object = await eventually("the asset's second version at the receiver", async () => {
    const found = await (await fetch(`${receiver.url}/_admin/object?id=${guid(1)}`)).json();
    return (found as { versions?: string[] } | null)?.versions?.length === 2 ? found : undefined;
  });
  expect(object).toMatchObject({ versions: ["1", "2"], data: { plate: "В123ВС77", header: { version: "2" } } });
  expect(JSON.stringify(object)).not.toContain("rawJson");
  const messages = await registry.sql<{ source: string; state: number }[]>`
    select distinct source, direction from integration_message where request_type like '%.changed'`;
  expect(messages.map(({ source }) => source)).toEqual(["portal"]);
});

test("every call and acknowledgement is in the journal with its attempts, and a failure stands until a later call succeeds", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.instead = [() => new Response("нет", { status: 400 })];
  await registry.poll();
  const failed = await journal(registry, "changes");
  expect(failed.at(-1)).toMatchObject({ objectId: "poll", state: 4, skipReason: "" });
  onec.waiting = [assetItem(1)];
  await registry.poll();
  const calls = await journal(registry, "changes");
  expect(calls.filter(({ state, skipReason }) => state === 4 && skipReason === "")).toEqual([]);
  expect(calls.some(({ state, body }) => state === 3 && body.received === 1)).toBe(true);
  expect((await journal(registry, "acknowledge")).map(({ state, version }) => `${state} ${version}`)).toEqual([
    "3 b-1",
  ]);
  const attempts = await registry.sql<{ status: number }[]>`
    select a.status from integration_attempt a join integration_message m using (record_id) where m.request_type = 'acknowledge'`;
  expect(attempts.map(({ status }) => status)).toEqual([200]);
});

test("the administrator hears of a poll that fails once while it goes on failing, and of refused records once a poll", async () => {
  const onec = scriptedOnec();
  await using receiver = await startReceiver({ secret });
  await using registry = await startRegistry({
    sources: [{ baseUrl: onec.url }],
    notices: { webhook: { url: `${receiver.url}/notices`, secret, timeoutMs: 5_000 }, email: undefined },
  });
  const refusal = () => new Response("нет", { status: 400 });
  onec.instead = [refusal, refusal];
  await registry.poll();
  await registry.poll();
  onec.waiting = [1, 2, 3].map((number) => assetItem(number, { ГодВыпуска: "позапрошлый" }));
  await registry.poll();
  const notices = await eventually("both notices", async () => {
    const answer = await (await fetch(`${receiver.url}/_admin/notices`)).json();
    const { notices: found } = answer as { notices: { notice: { what: string; counts?: Record<string, number> } }[] };
    return found.length >= 2 ? found.map(({ notice }) => notice) : undefined;
  });
  expect(notices.map(({ what }) => what)).toEqual(["call_failed", "records_refused"]);
  expect(Object.values(notices[1]?.counts ?? {})).toEqual([3]);
});
