import { expect, test } from "bun:test";
import { formatPercent } from "./numbers.ts";

test("a source with one doubtful record of thousands is not fully trusted", () => {
  expect(formatPercent(1 - 1 / 10_000, "en")).toBe("99.9%");
  expect(formatPercent(1, "en")).toBe("100%");
  expect(formatPercent(1 - 13 / 60, "en")).toBe("78.3%");
});
