import { expect, test } from "bun:test";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import * as fc from "fast-check";
import type { Entity } from "./entities.ts";
import type { Json } from "./json.ts";
import { onecMapping } from "./mapping.ts";
import { overriddenMapping } from "./overridden-mapping.ts";
import { type RecordReading, readRecord } from "./read-record.ts";
import type { RecordContext } from "./record-context.ts";

const own = "b0000000-0000-0000-0000-000000000001";
const other = "b0000000-0000-0000-0000-000000000002";
const zero = "00000000-0000-0000-0000-000000000000";
const context: RecordContext = {
  source: "1c",
  mapping: onecMapping,
  timeZone: "Europe/Moscow",
  idOf: (externalId) => `id of ${externalId}`,
};

function read(type: string, data: { [key: string]: Json }, more: { externalId?: string; deleted?: boolean } = {}) {
  const attributes = { Ref_Key: own, DataVersion: "v1", DeletionMark: false, Code: "1", Description: "", ...data };
  const common = {
    externalId: own,
    sourceVersion: "v1",
    deleted: false,
    raw: new Uint8Array(),
    format: "http-json" as const,
  };
  return readRecord({ type, ...common, ...more, attributes }, context);
}
const asset = (data: { [key: string]: Json }) => read("Catalog_ПредметыЛизинга", data);
const contract = (data: { [key: string]: Json }) => read("Catalog_ДоговорыЛизинга", data);

function accepted(reading: RecordReading): Entity {
  if (reading.result !== "entity") throw new Error(`expected an entity, got ${JSON.stringify(reading)}`);
  return reading.entity;
}
const rulesOf = (reading: RecordReading) =>
  reading.result === "refused" ? reading.reasons.map(({ rule }) => rule) : reading.result;

const lenient: [what: string, data: { [key: string]: Json }, expected: object][] = [
  [
    "numbers as texts with a decimal comma",
    { ШиротаЭксплуатации: "55,75", ДолготаЭксплуатации: "37.61" },
    { latitudeDeg: 55.75, longitudeDeg: 37.61 },
  ],
  ["a sum with spaces", { СуммаЗадолженности: "1 234 567,5" }, { debtAmount: "1234567.50" }],
  ["empty texts for numbers and dates", { ДнейПросрочки: "", ДатаНачала: "" }, { overdueDays: 0, startDate: null }],
  ["the empty date", { ДатаОкончания: "0001-01-01T00:00:00" }, { endDate: null }],
  [
    "a date with a time, which is local to the base",
    { ДатаНачала: "2026-02-01T23:59:59" },
    { startDate: "2026-02-01" },
  ],
  ["a date with an offset, which is carried over", { ДатаНачала: "2026-02-01T22:00:00Z" }, { startDate: "2026-02-02" }],
  ["the zero reference", { Лизингополучатель_Key: zero }, { lesseeId: null }],
  ["a reference in capitals", { Лизингополучатель_Key: other.toUpperCase() }, { lesseeId: `id of ${other}` }],
  ["zero coordinates", { ШиротаЭксплуатации: 0, ДолготаЭксплуатации: "0" }, { latitudeDeg: null, longitudeDeg: null }],
  [
    "zero for an empty radius and plan",
    { РадиусЭксплуатацииКм: 0, ПлановыйПробегКмВГод: "0" },
    { radiusKm: null, plannedMileageKmPerYear: null },
  ],
  ["a status in other letters", { Статус: "действует" }, { status: ContractStatus.ACTIVE }],
  ["a status nobody knows", { Статус: "НаСогласовании" }, { status: ContractStatus.UNSPECIFIED }],
  ["a region in small letters", { РегионЭксплуатации: "ru-oms" }, { regionCode: "RU-OMS" }],
  ["attributes that are absent", {}, { number: "", status: ContractStatus.UNSPECIFIED, items: [], debtAmount: null }],
  [
    "nulls",
    { Номер: null, Дата: null, ПредметыЛизинга: null, ДнейПросрочки: null },
    { number: "", signedDate: null, items: [] },
  ],
];
for (const [what, data, expected] of lenient) {
  test(`${what} are what 1C really sends and are taken`, () => {
    expect(accepted(contract(data))).toMatchObject(expected);
  });
}

const refused: [what: string, data: { [key: string]: Json }, rules: string[]][] = [
  ["a day that does not exist", { ДатаНачала: "2024-02-30T00:00:00" }, ["invalid_date"]],
  ["a date in words", { ДатаНачала: "вчера" }, ["invalid_date"]],
  ["a date of another age", { ДатаНачала: "1024-01-01T00:00:00" }, ["date_out_of_range"]],
  ["a latitude beyond the pole", { ШиротаЭксплуатации: 155.75, ДолготаЭксплуатации: 37 }, ["number_out_of_range"]],
  ["a number in words", { ДнейПросрочки: "три" }, ["invalid_number"]],
  ["a negative overdue", { ДнейПросрочки: -1 }, ["number_out_of_range"]],
  ["an object for a number", { ДнейПросрочки: { дни: 3 } }, ["wrong_type"]],
  ["an amount of no known size", { СуммаЗадолженности: "9007199254740993" }, ["number_out_of_range"]],
  ["a reference that is none", { Лизингополучатель_Key: "не-ссылка" }, ["invalid_reference"]],
  ["a null character", { Номер: "ДЛ\u0000" }, ["control_character"]],
  ["half of a surrogate pair", { Номер: "\ud800" }, ["lone_surrogate"]],
  ["a tabular part that is none", { ПредметыЛизинга: "нет" }, ["wrong_type"]],
  ["everything wrong at once", { ДатаНачала: "x", ДнейПросрочки: "y" }, ["invalid_date", "invalid_number"]],
];
for (const [what, data, rules] of refused) {
  test(`${what} is refused with its reason`, () => expect(rulesOf(contract(data))).toEqual(rules));
}

test("a doubtful identifier is kept and remarked, never refused", () => {
  const entity = accepted(asset({ VIN: "X1234", ГосНомер: "П789ЫЦ66", НомерЭПТС: "12", ГодВыпуска: "2020" }));
  expect(entity).toMatchObject({ vin: "X1234", plate: "П789ЫЦ66", eptsNumber: "12", manufactureYear: 2020 });
  expect(entity.remarks.map(({ rule }) => rule).toSorted()).toEqual(["epts_format", "plate_format", "vin_invalid"]);
  const party = accepted(read("Catalog_Контрагенты", { ИНН: 273074555, ОГРН: "1027700070510", КПП: "5678999" }));
  expect(party.remarks).toMatchObject([
    { rule: "inn_length", rawValue: "273074555", suggestedValue: "0273074555", applied: false },
    { rule: "ogrn_check_digit" },
    { rule: "kpp_format" },
  ]);
});

test("characters that nobody sees are dropped, and that is remarked", () => {
  const entity = accepted(asset({ СерийныйНомер: "AB\u200b12 " }));
  expect(entity).toMatchObject({ serialNumber: "AB12", remarks: [{ rule: "invisible_character", applied: true }] });
});

test("a record without an id, with an empty one or with two is refused", () => {
  expect(rulesOf(asset({ Ref_Key: zero }))).toEqual(["missing_id"]);
  expect(rulesOf(asset({ Ref_Key: "" }))).toEqual(["missing_id"]);
  expect(rulesOf(asset({ Ref_Key: other }))).toEqual(["contradicting_id"]);
  expect(rulesOf(asset({ Ref_Key: "7" }))).toEqual(["invalid_id"]);
  const common = { type: "Catalog_ПредметыЛизинга", externalId: "", sourceVersion: "v1", deleted: false };
  const bare = { ...common, raw: new Uint8Array(), format: "atom" as const, attributes: { VIN: "" } };
  expect(rulesOf(readRecord(bare, context))).toEqual(["missing_id"]);
});

test("rows keep their numbers while these differ, and an empty row is nothing", () => {
  const row = (line: Json, key: string) => ({ LineNumber: line, ПредметЛизинга_Key: key, ДатаПередачи: "2026-03-01" });
  const items = (rows: Json[]) => {
    const entity = accepted(contract({ ПредметыЛизинга: rows }));
    return entity.entity === "contract" ? entity.items.map(({ lineNumber, assetId }) => [lineNumber, assetId]) : [];
  };
  expect(items([row("2", own), row(7, other), row(8, zero)])).toEqual([
    [2, `id of ${own}`],
    [7, `id of ${other}`],
  ]);
  expect(items([row(1, own), row(1, other)])).toEqual([
    [1, `id of ${own}`],
    [2, `id of ${other}`],
  ]);
  expect(rulesOf(contract({ ПредметыЛизинга: [{ ПредметЛизинга_Key: own, ДатаВозврата: "2024-02-30" }] }))).toEqual([
    "invalid_date",
  ]);
});

test("a source that names everything otherwise needs a mapping and no code", () => {
  const problems: string[] = [];
  const mapping = overriddenMapping(
    {
      identifiers: "text",
      header: { id: "Id" },
      asset: { type: "Leased_Item", attributes: { vin: "vin_code" } },
      nomenclature: { kinds: { Car: "PASSENGER_CAR" } },
    },
    (problem) => problems.push(problem),
  );
  expect(problems).toEqual([]);
  expect(mapping.nomenclature.kinds).toEqual({ Car: NomenclatureKind.PASSENGER_CAR });
  const record = {
    ...{ type: "Leased_Item", externalId: "A-17", sourceVersion: "9", deleted: false, raw: new Uint8Array() },
    ...{ format: "http-json" as const, attributes: { Id: "A-17", vin_code: "XTA210990Y2765432" } },
  };
  expect(accepted(readRecord(record, { ...context, mapping }))).toMatchObject({
    externalId: "A-17",
    vin: "XTA210990Y2765432",
  });
});

test("a mapping that makes no sense is named with its place", () => {
  const problems: string[] = [];
  overriddenMapping(
    { asset: { attributes: { vin: "ГосНомер", colour: "Цвет" } }, contract: { statuses: { Идёт: "RUNNING" } } },
    (problem) => problems.push(problem),
  );
  expect(problems).toEqual([
    "asset.attributes.colour is not known",
    "contract.statuses.Идёт: RUNNING is none of our names",
    "contract.statuses names no values",
    "Catalog_ПредметыЛизинга: two attributes share one name",
  ]);
});

test("whatever a source sends, a record is an entity or has reasons, and the same twice is the same", () => {
  const names = Object.values<string>(onecMapping.contract.attributes);
  // fast-check's JSON values are our JSON values.
  const values = fc.dictionary(fc.constantFrom(...names), fc.jsonValue() as fc.Arbitrary<Json>);
  void fc.assert(
    fc.property(values, (data) => {
      const reading = contract(data);
      expect(["entity", "refused"]).toContain(reading.result);
      if (reading.result === "refused") expect(reading.reasons.length).toBeGreaterThan(0);
      expect(contract(data)).toEqual(reading);
    }),
    { numRuns: 500 },
  );
});
