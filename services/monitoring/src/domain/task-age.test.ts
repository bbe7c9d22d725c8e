import { expect, test } from "bun:test";
import { addDays } from "./business-date.ts";
import { ageBucket, ageBuckets, createdOnOf } from "./task-age.ts";

test("a task moves through the buckets with the days since its creation", () => {
  const bucketAfter = (days: number) => ageBucket("2026-01-01", addDays("2026-01-01", days));
  expect([0, 1, 2, 7, 8, 30, 31, 400].map(bucketAfter)).toEqual([
    "0-1",
    "0-1",
    "2-7",
    "2-7",
    "8-30",
    "8-30",
    "31+",
    "31+",
  ]);
});

test("the dates of a bucket are those whose tasks it counts", () => {
  for (let days = 0; days < 60; days++) {
    const bucket = ageBucket("2026-01-01", addDays("2026-01-01", days));
    const containing = ageBuckets.filter((each) => {
      const { daysMin, daysMax } = createdOnOf(each);
      return days >= daysMin && (daysMax === undefined || days <= daysMax);
    });
    expect(containing).toEqual([bucket]);
  }
});
