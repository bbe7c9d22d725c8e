import { expect, test } from "bun:test";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { hopState, worstState } from "./hop-state.ts";

const hash = (byte: number) => new Uint8Array(32).fill(byte);
const five = { version: 5n, contentHash: hash(1) };

test.each([
  ["the same version and content", five, five, HopState.EQUAL],
  ["the same version of a part that keeps no hash", five, { version: 5n }, HopState.EQUAL],
  ["an older version", five, { version: 4n, contentHash: hash(0) }, HopState.BEHIND],
  ["nothing", five, undefined, HopState.MISSING],
  ["a newer version than was ever told", five, { version: 6n, contentHash: hash(2) }, HopState.DIFFERENT],
  ["another content under the same version", five, { version: 5n, contentHash: hash(2) }, HopState.DIFFERENT],
  ["something where nothing was told", undefined, five, HopState.DIFFERENT],
  ["nothing where nothing was told", undefined, undefined, HopState.MISSING],
])("a part that holds %s says so", (_, target, held, expected) => {
  expect(hopState(target, held)).toBe(expected);
});

test("the worst of all hops is the one that needs a person most", () => {
  expect(worstState([])).toBe(HopState.EQUAL);
  expect(worstState([HopState.EQUAL, HopState.UNREACHABLE, HopState.BEHIND])).toBe(HopState.BEHIND);
  expect(worstState([HopState.DIFFERENT, HopState.MISSING])).toBe(HopState.DIFFERENT);
});
