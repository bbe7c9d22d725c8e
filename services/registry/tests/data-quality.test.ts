import { expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { FindingAction, FindingResolution, FindingState } from "@dozor/proto/integration/v1/data_quality";
import { entityId } from "../src/store/entity-id.ts";
import { startRegistry } from "./harness.ts";
import { assetItem, contractItem, counterpartyItem, guid, nomenclatureItem, scriptedOnec } from "./scripted-onec.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

const id = (number: number, source = "1c") => entityId(source, guid(number));
const codeOf = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (reason: unknown) => ConnectError.from(reason).code,
  );

test("a doubtful VIN is found, assigned, settled, and stays settled until its evidence changes", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [
    nomenclatureItem(101, { ВидИмущества: "Мебель", ТребуетсяVIN: false }),
    contractItem(200),
    assetItem(1),
    assetItem(3, { VIN: "ХW8ZZZ5NZMG02364" }),
    assetItem(4, { VIN: "XTA21060012345678", Номенклатура_Key: guid(101) }),
  ];
  await registry.poll();
  const client = registry.quality();
  const { countsByRule, findings } = await client.listFindings({});
  expect(countsByRule).toMatchObject({ vin_invalid: 1n, vin_unexpected: 1n });
  const found = findings.find(({ rule }) => rule === "vin_unexpected");
  expect(found).toMatchObject({ entityId: id(4), entityKind: "asset", source: "1c", state: FindingState.OPEN });

  const { finding: assigned } = await client.assignFinding({ id: found?.id ?? "", version: 1n, owner: "ivanova" });
  expect(assigned).toMatchObject({ owner: "ivanova", version: 2n });
  const settlement = { id: found?.id ?? "", version: 2n, reason: "Шкаф с VIN, так и есть" };
  const settle = { ...settlement, resolution: FindingResolution.ACCEPTED };
  const { finding: settled } = await client.settleFinding(settle);
  expect(settled).toMatchObject({ state: FindingState.SETTLED, settledBy: "test-integration_admin", version: 3n });
  expect(await codeOf(client.settleFinding(settle))).toBe(Code.Aborted);
  expect(await codeOf(client.settleFinding({ ...settle, version: 3n }))).toBe(Code.FailedPrecondition);
  expect(await codeOf(registry.quality("analyst").settleFinding(settle))).toBe(Code.PermissionDenied);

  await registry.sql`insert into pending_snapshot (asset_id) values (${id(4)})`;
  await registry.service.runNow("publish-snapshots");
  const { findings: still } = await client.listFindings({ rule: "vin_unexpected" });
  expect(still.map(({ state, version }) => [state, version])).toEqual([[FindingState.SETTLED, 3n]]);

  onec.waiting = [assetItem(4, { VIN: "XTA21060012345679", Номенклатура_Key: guid(101) }, 2)];
  await registry.poll();
  const { finding: again, changes } = await client.getFinding({ id: found?.id ?? "" });
  expect(again).toMatchObject({ state: FindingState.OPEN, owner: "ivanova", reason: "" });
  expect(JSON.parse(again?.evidenceJson ?? "")).toMatchObject({ vin: "XTA21060012345679" });

  onec.waiting = [assetItem(4, { VIN: "", Номенклатура_Key: guid(101) }, 3)];
  await registry.poll();
  const { finding: gone, changes: all } = await client.getFinding({ id: found?.id ?? "" });
  expect(gone).toMatchObject({ state: FindingState.GONE });
  expect(gone?.age).toBeDefined();
  expect(changes).toEqual(all.slice(0, 4));
  expect(all.map(({ action, actor }) => [action, actor])).toEqual([
    [FindingAction.FOUND, ""],
    [FindingAction.ASSIGNED, "test-integration_admin"],
    [FindingAction.SETTLED, "test-integration_admin"],
    [FindingAction.CHANGED, ""],
    [FindingAction.GONE, ""],
  ]);
});

test("a VIN is doubled only over active contracts, by two assets or by two contracts of one", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  const vin = { VIN: "XTA21099043576182" };
  const naming = (asset: number) => ({ ПредметыЛизинга: [{ LineNumber: 1, ПредметЛизинга_Key: guid(asset) }] });
  const unnamed = { ДоговорЛизинга_Key: "00000000-0000-0000-0000-000000000000" };
  onec.waiting = [
    nomenclatureItem(100),
    contractItem(200),
    contractItem(201),
    contractItem(202, { Статус: "Расторгнут" }),
    assetItem(1, { ...vin, ДоговорЛизинга_Key: guid(200) }),
    assetItem(2, { ...vin, ДоговорЛизинга_Key: guid(202) }),
    contractItem(203, naming(3)),
    contractItem(204, naming(3)),
    assetItem(3, { VIN: "XTA21099043576183", ...unnamed }),
  ];
  await registry.poll();
  const duplicates = async () => {
    const { findings } = await registry.quality().listFindings({ rule: "vin_duplicate", state: FindingState.OPEN });
    return findings.map(({ entityId: assetId }) => assetId).toSorted();
  };
  expect(await duplicates()).toEqual([id(3)]);
  onec.waiting = [assetItem(2, { ...vin, ДоговорЛизинга_Key: guid(201) }, 2)];
  await registry.poll();
  expect(await duplicates()).toEqual([id(1), id(2), id(3)].toSorted());
});

test("two sources that contradict each other are found on both sides, and the scores of both fall", async () => {
  const [onec, crm] = [scriptedOnec(), scriptedOnec()];
  await using registry = await startRegistry({
    sources: [{ baseUrl: onec.url }, { name: "crm", baseUrl: crm.url }],
  });
  const shared = { VIN: "XTA21099043576182" };
  onec.waiting = [
    nomenclatureItem(100),
    contractItem(200),
    counterpartyItem(300),
    assetItem(1, { ...shared, ГосНомер: "В123ХХ77" }),
    contractItem(201, { Дата: "2024-02-30" }),
  ];
  crm.waiting = [
    counterpartyItem(300, { ОГРН: "1027739999999" }),
    assetItem(7, { ...shared, ГосНомер: "В124ХХ77" }),
    assetItem(8, { VIN: "XTA21099043576184" }),
  ];
  await registry.poll("1c");
  await registry.poll("crm");
  const { findings } = await registry.quality().listFindings({ rule: "source_conflict", state: FindingState.OPEN });
  expect(findings.map((each) => [each.source, each.entityKind, each.entityId]).toSorted()).toEqual(
    [
      ["1c", "asset", id(1)],
      ["1c", "counterparty", id(300)],
      ["crm", "asset", id(7, "crm")],
      ["crm", "counterparty", id(300, "crm")],
    ].toSorted(),
  );
  const ofAsset = findings.find(({ entityId: assetId }) => assetId === id(1));
  expect(JSON.parse(ofAsset?.evidenceJson ?? "")).toMatchObject({
    differs: ["plate"],
    record: { source: "1c", externalId: guid(1), plate: "В123ХХ77" },
    others: [{ source: "crm", externalId: guid(7), plate: "В124ХХ77" }],
  });

  const { scores } = await registry.quality("viewer").getScores({});
  // Of 1C: nomenclature, contract, counterparty, asset, and a contract of which only a refused record is known.
  expect(scores.map(({ source, entityCount, doubtfulCount }) => [source, entityCount, doubtfulCount])).toEqual([
    ["1c", 5n, 3n],
    ["crm", 3n, 2n],
  ]);
  expect(scores[0]?.score).toBeCloseTo(0.4);
  expect(scores[0]?.shares).toMatchObject([
    { rule: "source_conflict", entityCount: 2n },
    { rule: "quarantined", entityCount: 1n },
  ]);

  crm.waiting = [assetItem(7, { ...shared, ГосНомер: "В123ХХ77" }, 2)];
  await registry.poll("crm");
  const { countsByRule } = await registry.quality().listFindings({ state: FindingState.OPEN, entityKind: "asset" });
  expect(countsByRule).toEqual({});
});

test("refused records and findings of one batch are all found page by page", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [
    ...Array.from({ length: 7 }, (_, index) => contractItem(200 + index, { Дата: "2024-02-30" })),
    ...Array.from({ length: 7 }, (_, index) => assetItem(1 + index, { VIN: `XTA2109904357${index}` })),
  ];
  await registry.poll();
  const seen: string[] = [];
  for (let pageToken = ""; seen.length < 20; ) {
    const page = await registry.source().listQuarantinedRecords({ pageSize: 3, pageToken });
    seen.push(...page.records.map(({ externalId }) => externalId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(seen.toSorted()).toEqual([200, 201, 202, 203, 204, 205, 206].map(guid));
  const found: string[] = [];
  for (let pageToken = ""; found.length < 20; ) {
    const page = await registry.quality().listFindings({ rule: "vin_invalid", pageSize: 3, pageToken });
    found.push(...page.findings.map(({ entityId: assetId }) => assetId));
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  expect(found.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => id(number)).toSorted());
});

test("before anything is reprocessed it is told how many refused records would be accepted now", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = [
    ...Array.from({ length: 12 }, (_, index) => contractItem(200 + index, { Дата: "2024-02-30" })),
    assetItem(1, { ГодВыпуска: "давно" }),
  ];
  await registry.poll();
  // What a later release, or a support engineer, makes of one of them.
  await registry.sql`
    update quarantine set raw = convert_to(replace(convert_from(raw, 'UTF8'), '2024-02-30', '2024-02-29'), 'UTF8')
    where external_id = ${guid(205)}`;
  const preview = async (filter: { rule?: string }) => {
    const messages = [];
    for await (const message of registry.source().previewQuarantinedRecords(filter)) messages.push(message);
    return { last: messages.at(-1), acceptedIds: messages.flatMap(({ acceptedIds }) => acceptedIds) };
  };
  const { last, acceptedIds } = await preview({});
  expect(last).toMatchObject({
    finished: true,
    readCount: 13n,
    acceptedCount: 1n,
    refusedByRule: { invalid_date: 11n, invalid_number: 1n },
    acceptedByFormerRule: { invalid_date: 1n },
  });
  const { records } = await registry.source().listQuarantinedRecords({ rule: "invalid_date", pageSize: 100 });
  expect(acceptedIds).toEqual(records.filter(({ externalId }) => externalId === guid(205)).map((each) => each.id));
  expect((await preview({ rule: "invalid_number" })).last).toMatchObject({ readCount: 1n, acceptedCount: 0n });
  expect(await codeOf(registry.entities().getContract({ id: id(205) }))).toBe(Code.NotFound);
});
