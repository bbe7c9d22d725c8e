import { expect, test } from "bun:test";
import { FindingState } from "@dozor/proto/integration/v1/data_quality";
import { isNarrowed, readFindingsSearch, requestOf, widened } from "./findings-search.ts";

test("without anything in the address the open findings of registry are shown, whoever owns them", () => {
  const search = readFindingsSearch({ service: "registry", state: "open", owner: "anyone", colour: "red" });
  expect(search).toEqual({});
  expect(requestOf(search, "ivanova")).toEqual({
    state: FindingState.OPEN,
    rule: "",
    source: "",
    owner: "",
    withoutOwner: false,
  });
});

test("a link keeps every filter", () => {
  const search = { service: "tracking", state: "settled", rule: "tracker_missing", source: "1c", owner: "me" } as const;
  expect(readFindingsSearch(search)).toEqual(search);
  expect(requestOf(search, "ivanova")).toEqual({
    state: FindingState.SETTLED,
    rule: "tracker_missing",
    source: "1c",
    owner: "ivanova",
    withoutOwner: false,
  });
});

test("findings of nobody and of everybody in every state can be asked for", () => {
  expect(requestOf({ owner: "none" }, "ivanova")).toMatchObject({ owner: "", withoutOwner: true });
  expect(requestOf({ state: "all" }, "ivanova").state).toBe(FindingState.UNSPECIFIED);
});

test("choosing a service or a state does not count as narrowing, and clearing keeps them", () => {
  expect(isNarrowed({ service: "tracking", state: "gone" })).toBe(false);
  expect(isNarrowed({ rule: "vin_invalid" })).toBe(true);
  expect(widened({ service: "tracking", state: "gone", owner: "me" })).toEqual({ service: "tracking", state: "gone" });
});
