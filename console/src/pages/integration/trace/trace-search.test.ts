import { expect, test } from "bun:test";
import { readTraceSearch, requestOf, searchOfTyped } from "./trace-search.ts";

const entity = "0d070000-0000-4000-8000-000000000001";

test("an id of ours is asked for alone, an outside id with its source", () => {
  expect(searchOfTyped("", ` ${entity} `)).toEqual({ entity });
  expect(requestOf({ entity })).toEqual({ entityId: entity, source: "", externalId: "" });
  expect(searchOfTyped("1c", entity)).toEqual({ source: "1c", id: entity });
  expect(requestOf({ source: "1c", id: "A-17" })).toEqual({ entityId: "", source: "1c", externalId: "A-17" });
});

test("nothing is asked while the source or the id is missing", () => {
  expect(searchOfTyped("", "A-17")).toEqual({});
  expect(requestOf(readTraceSearch({ source: "1c" }))).toBeUndefined();
  expect(requestOf(readTraceSearch({ entity: "not an id" }))).toBeUndefined();
  expect(readTraceSearch({ source: "1c", id: 1024 })).toEqual({ source: "1c", id: "1024" });
});
