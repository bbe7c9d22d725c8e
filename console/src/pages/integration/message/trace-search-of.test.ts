import { expect, test } from "bun:test";
import { Direction } from "@dozor/proto/integration/v1/queue";
import { traceSearchOf } from "./trace-search-of.ts";

const record = { entityId: "", direction: Direction.INBOUND, source: "1c", objectId: "A-17" };

test("what became an entity is traced by it, a refused record by its source's own id", () => {
  expect(traceSearchOf({ ...record, entityId: "e" }, "registry")).toEqual({ entity: "e" });
  expect(traceSearchOf(record, "registry")).toEqual({ source: "1c", id: "A-17" });
});

test("a call is about no object that could be traced", () => {
  expect(traceSearchOf({ ...record, objectId: "poll" }, "registry")).toBeUndefined();
  expect(traceSearchOf({ ...record, direction: Direction.OUTBOUND }, "registry")).toBeUndefined();
  expect(traceSearchOf({ ...record, source: "x-keeper" }, "tracking")).toBeUndefined();
});
