import { expect, test } from "bun:test";
import { Direction, MessageState } from "@dozor/proto/integration/v1/queue";
import { filterOf, isNarrowed, readQueueSearch, statesOf, widened } from "./queue-search.ts";

test("a link keeps its filters, and what nobody knows is left out", () => {
  const raw = {
    service: "tracking",
    state: "failed",
    object: 1024,
    error: "422",
    colour: "red",
    source: " ",
    by: "day",
  };
  expect(readQueueSearch(raw)).toEqual({ service: "tracking", state: "failed", object: "1024", error: "422" });
  expect(readQueueSearch({ service: "registry", state: "lost", direction: "sideways" })).toEqual({});
});

test("filters travel to the service as it knows them, times as Moscow's clocks show them", () => {
  const filter = filterOf({ direction: "outbound", source: "risk-portal", since: "2026-11-22T03:00" });
  expect(filter).toEqual({
    direction: Direction.OUTBOUND,
    source: "risk-portal",
    requestType: "",
    objectId: "",
    errorContains: "",
    fingerprint: "",
    includeSkipped: false,
    since: { seconds: BigInt(Date.parse("2026-11-22T00:00:00Z") / 1000), nanos: 0 },
  });
  expect(statesOf({ state: "created" })).toEqual([MessageState.CREATED]);
  expect(statesOf({})).toEqual([]);
});

test("a period that ends before it begins has no end", () => {
  const since = "2026-11-22T03:00";
  expect(readQueueSearch({ since, until: "2026-11-21T03:00" })).toEqual({ since });
  expect(readQueueSearch({ since: "yesterday", until: "2026-99-99T03:00" })).toEqual({});
});

test("choosing a state or a service does not count as narrowing, and clearing keeps them", () => {
  expect(isNarrowed({ service: "tracking", state: "failed", by: "error" })).toBe(false);
  expect(isNarrowed({ state: "failed", type: "req" })).toBe(true);
  expect(widened({ service: "tracking", state: "failed", type: "req", skipped: true })).toEqual({
    service: "tracking",
    state: "failed",
  });
});
