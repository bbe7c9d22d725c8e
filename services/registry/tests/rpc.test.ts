import { expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { EntityKind, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import { entityId } from "../src/store/entity-id.ts";
import { startRegistry } from "./harness.ts";
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

const id = (number: number) => entityId("1c", guid(number));

async function filledRegistry() {
  const onec = scriptedOnec();
  const registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [
    nomenclatureItem(100),
    nomenclatureItem(101, { ВидИмущества: "Мебель", ТребуетсяVIN: false, Parent_Key: guid(100) }),
    counterpartyItem(300),
    counterpartyItem(301, { ИНН: "7710723134", ОГРН: "" }),
    contactItem(400),
    contractItem(200, { ПредметыЛизинга: [{ LineNumber: 1, ПредметЛизинга_Key: guid(1) }] }),
    assetItem(1),
    assetItem(2, { VIN: "хта210990у2765432", ГосНомер: "b 123 xx 77", ДоговорЛизинга_Key: guid(200) }),
    assetItem(3, { VIN: "ХW8ZZZ5NZMG02364", ГосНомер: "" }),
    assetItem(4, { VIN: "XTA21060012345678", Номенклатура_Key: guid(101) }),
    assetItem(5, { VIN: "отсутствует", DeletionMark: true }),
    contractItem(201, { Дата: "2024-02-30" }),
  ];
  await registry.poll();
  return registry;
}

const codeOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error === undefined ? undefined : ConnectError.from(error).code;
};

test("every entity can be read by its id, and one that does not exist is said not to", async () => {
  await using registry = await filledRegistry();
  const client = registry.entities();
  const { asset } = await client.getAsset({ id: id(2) });
  expect(asset).toMatchObject({
    vin: "XTA210990Y2765432",
    plate: "В123ХХ77",
    contractId: id(200),
    nomenclatureId: id(100),
  });
  expect(asset?.header).toMatchObject({ source: "1c", externalId: guid(2), version: 1n });
  expect(asset?.header?.remarks).toContainEqual(
    expect.objectContaining({ attribute: "vin", rule: "cyrillic_lookalike", applied: true }),
  );
  expect(asset?.header?.rawJson).toContain("хта210990у2765432");
  const { contract } = await client.getContract({ id: id(200) });
  expect(contract).toMatchObject({ number: "ДЛ-200", lesseeId: id(300), endDate: "" });
  expect(contract?.items).toMatchObject([{ lineNumber: 1, assetId: id(1), handoverDate: "" }]);
  const { counterparty } = await client.getCounterparty({ id: id(300) });
  expect(counterparty).toMatchObject({ inn: "7736050003", fullName: 'ООО "Рога 300"' });
  const { contact } = await client.getContact({ id: id(400) });
  expect(contact).toMatchObject({ counterpartyId: id(300), phone: "+7 495 000-00-00" });
  const { nomenclature } = await client.getNomenclature({ id: id(101) });
  expect(nomenclature).toMatchObject({ kind: NomenclatureKind.FURNITURE, parentId: id(100), trackerExpected: true });

  for (const missing of [
    () => client.getAsset({ id: id(999) }),
    () => client.getContract({ id: id(999) }),
    () => client.getCounterparty({ id: id(999) }),
    () => client.getContact({ id: id(999) }),
    () => client.getNomenclature({ id: id(999) }),
    () => registry.source().getQuarantinedRecord({ id: id(999) }),
  ]) {
    expect(await codeOf(missing())).toBe(Code.NotFound);
  }
  expect(await codeOf(client.getAsset({ id: "7" }))).toBe(Code.InvalidArgument);
});

test("lists are paged to the end without a gap or a repetition, and filtered", async () => {
  await using registry = await filledRegistry();
  const client = registry.entities();
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await client.listAssets({ pageSize: 2, pageToken, includeDeleted: true });
    seen.push(...page.assets.map(({ header }) => header?.externalId ?? ""));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5].map(guid));
  const vins = await client.listAssets({ vin: "xta 210990y2765432" });
  expect(vins.assets.map(({ header }) => header?.externalId).toSorted()).toEqual([guid(1), guid(2)]);
  expect((await client.listAssets({ plate: "В123ХХ77" })).assets.length).toBe(1);
  expect((await client.listContracts({ lesseeId: id(300) })).contracts.length).toBe(1);
  expect((await client.listContacts({ counterpartyId: id(301) })).contacts).toEqual([]);
  expect((await client.listNomenclature({ parentId: id(100) })).nomenclature.length).toBe(1);
  expect(await codeOf(client.listAssets({ pageToken: "7" }))).toBe(Code.InvalidArgument);
});

test("a search finds by whole numbers and by beginnings of names", async () => {
  await using registry = await filledRegistry();
  const found = async (query: string) => (await registry.entities().search({ query })).hits;
  expect((await found("XTA210990Y2765432")).map(({ kind }) => kind)).toEqual([EntityKind.ASSET, EntityKind.ASSET]);
  expect((await found("дл-20")).map(({ matchedValue }) => matchedValue)).toEqual(["ДЛ-200"]);
  expect((await found("7736050003"))[0]).toMatchObject({ kind: EntityKind.COUNTERPARTY, matchedAttribute: "inn" });
  expect((await found("Catalog_Контактные"))[0]?.kind).toBe(EntityKind.CONTACT);
  expect(await found("ничего такого")).toEqual([]);
});

test("the stream of snapshots is what was published, can be resumed, and its digest can be computed anew", async () => {
  await using registry = await filledRegistry();
  const client = registry.entities("service");
  const all = [];
  for await (const { snapshots } of client.listAssetSnapshots({})) all.push(...snapshots);
  expect(all.map(({ assetId }) => assetId)).toEqual([1, 2, 3, 4, 5].map(id).toSorted());
  const rest = [];
  const afterAssetId = all[1]?.assetId ?? "";
  for await (const { snapshots } of client.listAssetSnapshots({ afterAssetId })) rest.push(...snapshots);
  expect(rest).toEqual(all.slice(2));

  const { ranges, assetCount } = await client.getDigest({});
  expect(assetCount).toBe(5n);
  for (const { range, hash, assetCount: count } of ranges) {
    const within = all.filter(({ assetId }) => Number.parseInt(assetId.slice(0, 2), 16) === range);
    const lines = within.map(
      ({ assetId, version, contentHash }) => `${assetId}:${version}:${Buffer.from(contentHash).toString("hex")}\n`,
    );
    expect(count).toBe(BigInt(within.length));
    expect(hash).toEqual(new Uint8Array(new Bun.CryptoHasher("sha256").update(lines.join("")).digest()));
    const streamed = [];
    for await (const { snapshots } of client.listAssetSnapshots({ range })) streamed.push(...snapshots);
    expect(streamed).toEqual(within);
  }
});

test("a refused record is shown whole and is accepted once the rules allow it", async () => {
  await using registry = await filledRegistry();
  const client = registry.source();
  const { records, openCounts } = await client.listQuarantinedRecords({ state: QuarantineState.OPEN });
  expect(openCounts).toEqual({ invalid_date: 1n });
  const quarantined = records[0]?.id ?? "";
  const { record, raw } = await client.getQuarantinedRecord({ id: quarantined });
  expect(record).toMatchObject({ externalId: guid(201), source: "1c", receivedCount: 1 });
  expect(JSON.parse(new TextDecoder().decode(raw))).toMatchObject({ id: guid(201), data: { Дата: "2024-02-30" } });
  const refused = await client.reprocessQuarantinedRecord({ id: quarantined });
  expect([refused.accepted, refused.reasons[0]?.rule]).toEqual([false, "invalid_date"]);

  // What a later release, or a support engineer, makes of it.
  const mended = new TextDecoder().decode(raw).replace("2024-02-30", "2024-02-29");
  await registry.sql`update quarantine set raw = ${Buffer.from(mended)} where id = ${quarantined}`;
  const dry = await client.reprocessQuarantinedRecord({ id: quarantined, dryRun: true });
  expect([dry.accepted, dry.beforeJson]).toEqual([true, ""]);
  expect(dry.changes).toContainEqual(
    expect.objectContaining({ path: "signedDate", before: "", after: '"2024-02-29"' }),
  );
  expect(JSON.parse(dry.afterJson)).toMatchObject({ signedDate: "2024-02-29" });
  expect(await codeOf(registry.entities().getContract({ id: id(201) }))).toBe(Code.NotFound);

  expect(await client.reprocessQuarantinedRecord({ id: quarantined })).toMatchObject({ accepted: true });
  expect((await registry.entities().getContract({ id: id(201) })).contract?.signedDate).toBe("2024-02-29");
  expect(await codeOf(client.reprocessQuarantinedRecord({ id: quarantined }))).toBe(Code.FailedPrecondition);
});

test("who may not, is told so; a source that is not configured does not exist", async () => {
  await using registry = await filledRegistry();
  expect(await codeOf(registry.source("viewer").pollNow({ source: "1c" }))).toBe(Code.PermissionDenied);
  expect(await codeOf(registry.entities("viewer").getDigest({}))).toBe(Code.PermissionDenied);
  expect(await codeOf(registry.source().pollNow({ source: "crm" }))).toBe(Code.NotFound);
  const { sources } = await registry.source("viewer").listSources({});
  expect(sources).toMatchObject([{ name: "1c", adapter: "1c-http", healthy: true, totals: { quarantined: 1n } }]);
});
