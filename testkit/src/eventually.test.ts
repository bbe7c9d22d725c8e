import { expect, test } from "bun:test";
import { eventually } from "./eventually.ts";

test("a condition which becomes true is returned", async () => {
  let calls = 0;
  expect(await eventually("the third call", () => (++calls === 3 ? "third" : undefined))).toBe("third");
});

test("a condition which never holds fails by its deadline and says what was last seen", async () => {
  const check = () => {
    throw new Error("connection refused");
  };
  expect(eventually("an answer", check, { deadlineMs: 20 })).rejects.toThrow(/wait for an answer.*connection refused/);
});
