import { expect, test } from "bun:test";
import { projectionDifference } from "./projection-difference.ts";

const theirs = { version: 5n, contentHash: "aa" };

test("what is not here, older, newer or says something else differs; what is the same does not", () => {
  expect(projectionDifference(undefined, theirs)).toBe("missing");
  expect(projectionDifference({ version: 4n, contentHash: "aa" }, theirs)).toBe("behind");
  expect(projectionDifference({ version: 6n, contentHash: "aa" }, theirs)).toBe("ahead");
  expect(projectionDifference({ version: 5n, contentHash: "ab" }, theirs)).toBe("contradicting");
  expect(projectionDifference({ version: 5n, contentHash: "aa" }, theirs)).toBeUndefined();
});
