import { expect, test } from "bun:test";
import { sliced } from "./slices.ts";

test("others get a turn in the middle of long work, and every item is done once in order", async () => {
  const done: number[] = [];
  let turns = 0;
  const others = setInterval(() => turns++, 1);
  const work = Array.from({ length: 30 }, (_, index) => index);
  await sliced(
    work,
    (item) => {
      const until = performance.now() + 2;
      while (performance.now() < until);
      done.push(item);
    },
    { label: "test" },
  );
  clearInterval(others);
  expect(done).toEqual(work);
  expect(turns).toBeGreaterThan(3);
});

test("sliced work ends when its signal aborts", async () => {
  const stop = new AbortController();
  let done = 0;
  const work = sliced(
    Array.from({ length: 1_000 }),
    () => {
      done += 1;
      if (done === 10) stop.abort(new Error("enough"));
    },
    { label: "test", budgetMs: 0, signal: stop.signal },
  );
  await expect(work).rejects.toThrow("enough");
  expect(done).toBe(10);
});
