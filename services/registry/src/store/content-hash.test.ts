import { expect, test } from "bun:test";
import type { Json } from "../domain/json.ts";
import { onecMapping } from "../domain/mapping.ts";
import { readRecord } from "../domain/read-record.ts";
import { contentHash } from "./content-hash.ts";

const own = "b0000000-0000-0000-0000-000000000001";
function hashOf(attributes: { [key: string]: Json }): string {
  const reading = readRecord(
    {
      ...{ type: "Catalog_ПредметыЛизинга", externalId: own, sourceVersion: "v", deleted: false },
      ...{ raw: new Uint8Array(), format: "http-json", attributes },
    },
    { source: "1c", mapping: onecMapping, timeZone: "UTC", idOf: (externalId) => externalId },
  );
  if (reading.result !== "entity") throw new Error("the record of the test was refused");
  return contentHash(reading.entity, "DataVersion");
}

test("the order of attributes and the version in the source change nothing", () => {
  const rows = [{ A: 1, B: [2, { C: null }] }];
  expect(hashOf({ VIN: "1", DataVersion: "a", Rows: rows })).toBe(
    hashOf({ Rows: [{ B: [2, { C: null }], A: 1 }], DataVersion: "b", VIN: "1" }),
  );
});

test("any other difference changes the hash, also in what the mapping does not know", () => {
  const hashes = [
    {},
    { VIN: "1" },
    { VIN: "12" },
    { X: 1 },
    { X: "1" },
    { X: [1] },
    { X: [[1]] },
    { X: { a: 1 } },
    { Y: 1 },
  ].map(hashOf);
  expect(new Set(hashes).size).toBe(hashes.length);
});
