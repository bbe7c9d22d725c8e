import { expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ReconciliationSchema } from "@dozor/proto/monitoring/v1/reconciliation";
import { phrases } from "../../../i18n/test-phrases.ts";
import { outcomeOf } from "./outcome.ts";
import { readReconciliationsSearch } from "./reconciliations-search.ts";
import { resultWords } from "./result-words.ts";

const endedAt = timestampFromDate(new Date("2026-11-22T03:05:00Z"));
const made = (init: MessageInitShape<typeof ReconciliationSchema>) => create(ReconciliationSchema, init);
const inBoth = (init: MessageInitShape<typeof ReconciliationSchema>) =>
  [resultWords(made(init), phrases.ru, "ru"), resultWords(made(init), phrases.en, "en")].map((words) =>
    words.replaceAll("\u00a0", " "),
  );

test("a comparison without differences says how much it compared", () => {
  expect(inBoth({ endedAt, assetCount: 12_345n, rangeCount: 256 })).toEqual([
    "Расхождений нет. Сравнено предметов лизинга: 12 345, диапазонов: 256.",
    "No difference. Compared assets: 12,345, ranges: 256.",
  ]);
});

test("differences are told by kind, with how many were repaired", () => {
  expect(inBoth({ endedAt, differences: { missing: 3n, damaged: 1n }, repairedCount: 4n })).toEqual([
    "Расхождений: 4 — нет в мониторинге: 3; повреждены: 1. Исправлено: 4.",
    "Differences: 4 — missing: 3; damaged: 1. Repaired: 4.",
  ]);
});

test("one that broke off is no answer, whatever it found before; one without an end is running", () => {
  const broken = { endedAt, differences: { missing: 3n }, error: "registry does not answer" };
  expect(outcomeOf(made(broken))).toBe("failed");
  expect(inBoth(broken)[1]).toBe("The comparison was not completed: registry does not answer");
  expect(outcomeOf(made({ differences: { missing: 3n } }))).toBe("running");
});

test("what came newer during the comparison is no difference", () => {
  expect(outcomeOf(made({ endedAt, onItsWayCount: 7n }))).toBe("equal");
});

test("only what asks for the troubled ones narrows the list", () => {
  expect(readReconciliationsSearch({ troubled: "true" })).toEqual({ troubled: true });
  expect(readReconciliationsSearch({ troubled: "no", colour: "red" })).toEqual({});
});
