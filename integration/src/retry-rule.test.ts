import { expect, test } from "bun:test";
import { retryDelayMs, retryDelaysMs } from "./retry-rule.ts";

const rule = { delaysMs: retryDelaysMs, random: () => 0.5 };

test("a message is tried four times, ever more slowly", () => {
  expect([1, 2, 3, 4].map((attempts) => retryDelayMs(attempts, rule))).toEqual([1_000, 5_000, 25_000, undefined]);
});

test("a receiver that says when it will be ready is not asked before, but within five minutes", () => {
  expect(retryDelayMs(1, { ...rule, retryAfterMs: 60_000 })).toBe(60_000);
  expect(retryDelayMs(1, { ...rule, retryAfterMs: 86_400_000 })).toBe(300_000);
});

test("what failed together does not come back together", () => {
  expect(retryDelayMs(1, { ...rule, random: () => 0 })).toBe(800);
  expect(retryDelayMs(1, { ...rule, random: () => 1 })).toBe(1_200);
});
