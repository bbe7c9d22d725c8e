import { expect, test } from "bun:test";
import { Severity } from "@dozor/proto/monitoring/v1/indicator";
import { filterOf, isNarrowed, readTaskListSearch } from "./task-list-search.ts";

test("a link keeps its filters, and what nobody knows is left out", () => {
  const raw = { view: "snoozed", q: 1024, severity: "high", indicator: "no_contact", colour: "red", region: "" };
  expect(readTaskListSearch(raw)).toEqual({ view: "snoozed", q: "1024", severity: "high", indicator: "no_contact" });
  expect(readTaskListSearch({ view: "everything", severity: "low", q: "   " })).toEqual({});
});

test("the inbox is the list without a view in its address", () => {
  expect(readTaskListSearch({ view: "inbox" })).toEqual({});
});

test("filters travel to the service as it knows them", () => {
  expect(filterOf({ q: " А123ВС ", severity: "medium", region: "RU-OMS" })).toEqual({
    query: "А123ВС",
    severityMin: Severity.MEDIUM,
    indicatorKey: "",
    regionCode: "RU-OMS",
    lesseeId: "",
  });
});

test("choosing a view does not count as narrowing it", () => {
  expect(isNarrowed({ view: "closed" })).toBe(false);
  expect(isNarrowed({ view: "closed", q: "1" })).toBe(true);
});
