import { expect, test } from "bun:test";
import { jsonChanges } from "./json-changes.ts";

test("only what differs is told, by its path", () => {
  const before = { vin: "A", plate: "P", header: { version: "1", remarks: [{ rule: "x" }] } };
  const after = { vin: "B", plate: "P", header: { version: "1", remarks: [{ rule: "x" }, { rule: "y" }] } };
  expect(jsonChanges(before, after)).toEqual([
    { path: "header.remarks.1", before: undefined, after: { rule: "y" } },
    { path: "vin", before: "A", after: "B" },
  ]);
});

test("what was not there and what is gone are told as absent", () => {
  expect(jsonChanges({ a: 1 }, { b: null })).toEqual([
    { path: "a", before: 1, after: undefined },
    { path: "b", before: undefined, after: null },
  ]);
  expect(jsonChanges(undefined, { a: 1 })).toEqual([{ path: "", before: undefined, after: { a: 1 } }]);
});

test("a list is never compared with an object, and its places are in the order of numbers", () => {
  expect(jsonChanges({ items: [] }, { items: {} })).toEqual([{ path: "items", before: [], after: {} }]);
  const many = Array.from({ length: 12 }, (_, index) => index);
  const changed = many.map((value) => (value === 2 || value === 10 ? -1 : value));
  expect(jsonChanges(many, changed).map(({ path }) => path)).toEqual(["2", "10"]);
});

test("equal values differ in nothing", () => {
  expect(jsonChanges({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
});
