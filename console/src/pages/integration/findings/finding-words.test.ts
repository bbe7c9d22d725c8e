import { expect, test } from "bun:test";
import { phrases } from "../../../i18n/test-phrases.ts";
import { findingWords, ruleWords } from "./finding-words.ts";

const wordsOf = (rule: string, evidence: unknown) => {
  const finding = { rule, evidenceJson: JSON.stringify(evidence) };
  return [findingWords(finding, phrases.ru), findingWords(finding, phrases.en)];
};

const numbers = { inn: "7701234567", ogrn: "1027700132195" };
const inFocus = {
  focusName: 'Общество с ограниченной ответственностью "Ромашка"',
  focusInn: "7701234567",
  focusOgrn: "1157746000000",
};

test("numbers of two companies are told with the company that Kontur.Focus knows", () => {
  expect(wordsOf("inn_ogrn_conflict", { ...numbers, ...inFocus })).toEqual([
    "ИНН 7701234567 и ОГРН 1027700132195 принадлежат разным организациям; в Контур.Фокусе найдено: ООО «Ромашка», ИНН 7701234567, ОГРН 1157746000000",
    "INN 7701234567 and OGRN 1027700132195 belong to different companies; found in Kontur.Focus: ООО «Ромашка», INN 7701234567, OGRN 1157746000000",
  ]);
  const nothingFound = { ...numbers, focusName: "", focusInn: "", focusOgrn: "" };
  expect(wordsOf("inn_ogrn_of_predecessor", nothingFound)).toEqual([
    "ИНН 7701234567 и ОГРН 1027700132195 принадлежат предшественнику и преемнику",
    "INN 7701234567 and OGRN 1027700132195 belong to a predecessor and its successor",
  ]);
  expect(wordsOf("duplicate_inn", nothingFound)).toEqual([
    "На ИНН 7701234567 в Контур.Фокусе несколько записей, ОГРН 1027700132195 — у одной из них",
    "Kontur.Focus has several records for INN 7701234567; OGRN 1027700132195 is that of one of them",
  ]);
});

test("a malformed VIN is told with what is wrong about it", () => {
  expect(wordsOf("vin_invalid", { vin: "XW8ZZZ5NZMG02364" })).toEqual([
    "В VIN XW8ZZZ5NZMG02364 16 знаков вместо 17",
    "VIN XW8ZZZ5NZMG02364 has 16 characters instead of 17",
  ]);
  expect(wordsOf("vin_invalid", { vin: "XW8" })[0]).toBe("В VIN XW8 3 знака вместо 17");
  expect(wordsOf("vin_invalid", { vin: "1".repeat(17) })[0]).toContain("один и тот же знак 17 раз");
  expect(wordsOf("vin_invalid", { vin: "XW8ZZZ5NZMGO23640" })[1]).toContain("without I, O and Q");
});

test("a VIN on a thing that has none names the thing", () => {
  const evidence = { vin: "XTA21060012345678", nomenclatureId: "n", nomenclature: "Шкаф" };
  expect(wordsOf("vin_unexpected", evidence)).toEqual([
    "У номенклатуры «Шкаф» VIN не бывает, а записан XTA21060012345678",
    "Things of the nomenclature “Шкаф” have no VIN, yet XTA21060012345678 is written",
  ]);
});

test("a VIN leased twice is told apart: on two assets, or on one under two contracts", () => {
  const vin = "XTA21099043576182";
  const lease = (assetId: string, contractId: string) => ({ assetId, contractId });
  expect(wordsOf("vin_duplicate", { vin, leases: [lease("a", "c"), lease("b", "d")] })).toEqual([
    "VIN XTA21099043576182 сразу у 2 предметов лизинга в действующих договорах",
    "2 assets under active contracts have VIN XTA21099043576182 at once",
  ]);
  expect(wordsOf("vin_duplicate", { vin, leases: [lease("a", "c"), lease("a", "d")] })).toEqual([
    "Предмет лизинга с VIN XTA21099043576182 сразу в 2 действующих договорах",
    "The asset with VIN XTA21099043576182 is in 2 active contracts at once",
  ]);
});

test("sources that disagree are quoted with what each says, but for those that say nothing", () => {
  const asset = {
    vin: "XTA21099043576182",
    record: { assetId: "a", source: "1c", externalId: "1", plate: "A001AA77", nomenclature: "Грузовик" },
    others: [
      { assetId: "b", source: "crm", externalId: "2", plate: "B002BB77", nomenclature: "Грузовик" },
      { assetId: "c", source: "gpba", externalId: "3", plate: "", nomenclature: null },
    ],
    differs: ["plate"],
  };
  expect(wordsOf("source_conflict", asset)).toEqual([
    "VIN XTA21099043576182 — источники расходятся: госномер: A001AA77 (1c), B002BB77 (crm)",
    "VIN XTA21099043576182: the sources disagree; plate: A001AA77 (1c), B002BB77 (crm)",
  ]);
  const company = (source: string, ogrn: string, kpp: string) => ({ counterpartyId: source, source, ogrn, kpp });
  const counterparty = {
    inn: "7701234567",
    record: company("1c", "1", "10"),
    others: [company("crm", "2", "20")],
    differs: ["ogrn", "kpp"],
  };
  expect(wordsOf("source_conflict", counterparty)[0]).toBe(
    "ИНН 7701234567 — источники расходятся: ОГРН: 1 (1c), 2 (crm); КПП: 10 (1c), 20 (crm)",
  );
});

test("a missing tracker says since when, and when the last one was removed", () => {
  const asset = { vin: "XW8ZZZ5NZMG000006", plate: "A001AA77", expectedFrom: "2026-01-10" };
  expect(wordsOf("tracker_missing", { ...asset, lastSittingEndedAt: null })).toEqual([
    "VIN XW8ZZZ5NZMG000006, госномер A001AA77: трекер должен стоять с 10.01.2026, но его не было ни разу",
    "VIN XW8ZZZ5NZMG000006, plate A001AA77: a tracker is expected since 10.01.2026, there never was one",
  ]);
  const removed = { ...asset, plate: "", lastSittingEndedAt: "2026-11-10T09:00:00+00:00" };
  expect(wordsOf("tracker_missing", removed)[0]).toBe(
    "VIN XW8ZZZ5NZMG000006: трекер должен стоять с 10.01.2026, но последний снят 10.11.2026 12:00 МСК",
  );
  expect(wordsOf("tracker_missing", { ...asset, lastSittingEndedAt: "infinity" })[1]).toContain("never was one");
});

test("a tracker on no asset says whether none fits or several do", () => {
  const device = { vin: "", plate: "", imei: "86", matching: "no asset" };
  expect(wordsOf("device_unmatched", device)).toEqual([
    "Без VIN и госномера: трекер установлен, а такого предмета лизинга нет",
    "Neither VIN nor plate: the tracker is installed, and there is no such asset",
  ]);
  expect(wordsOf("device_unmatched", { ...device, vin: "X", matching: "several assets" })).toEqual([
    "VIN X: трекер подходит сразу нескольким предметам лизинга",
    "VIN X: the tracker fits several assets at once",
  ]);
});

test("a rule that this console does not know is shown by its code and its evidence", () => {
  expect(ruleWords("colour_unlikely", phrases.ru)).toBe("colour_unlikely");
  expect(wordsOf("colour_unlikely", { colour: "red" })).toEqual([undefined, undefined]);
  expect(findingWords({ rule: "vin_invalid", evidenceJson: "{" }, phrases.ru)).toBeUndefined();
});

test.each([
  "inn_ogrn_conflict",
  "inn_ogrn_of_predecessor",
  "duplicate_inn",
  "vin_duplicate",
  "vin_unexpected",
  "vin_invalid",
  "source_conflict",
  "tracker_missing",
  "device_unmatched",
  "quarantined",
])("the rule %s has words in both languages", (rule) => {
  expect(ruleWords(rule, phrases.ru)).toMatch(/[а-я]/);
  expect(ruleWords(rule, phrases.en)).toMatch(/^[ -~]+ [ -~]+$/);
});
