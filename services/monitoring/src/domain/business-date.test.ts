import { expect, test } from "bun:test";
import {
  addDays,
  businessDateOf,
  daysBetween,
  endOfBusinessDate,
  isCalendarDate,
  startOfBusinessDate,
} from "./business-date.ts";

const moscow = "Europe/Moscow";

test("an instant late in the evening of UTC belongs to the next business date of Moscow", () => {
  expect(businessDateOf(new Date("2026-11-21T20:59:59Z"), moscow)).toBe("2026-11-21");
  expect(businessDateOf(new Date("2026-11-21T21:00:00Z"), moscow)).toBe("2026-11-22");
});

test("a business date begins at local midnight and ends at the next", () => {
  expect(startOfBusinessDate("2026-11-22", moscow).toISOString()).toBe("2026-11-21T21:00:00.000Z");
  expect(endOfBusinessDate("2026-11-22", moscow).toISOString()).toBe("2026-11-22T21:00:00.000Z");
});

test("a day on which the clocks change has its own length", () => {
  const hours = (date: string) =>
    (endOfBusinessDate(date, "Europe/Berlin").getTime() - startOfBusinessDate(date, "Europe/Berlin").getTime()) /
    3_600_000;
  expect(hours("2026-03-29")).toBe(23);
  expect(hours("2026-10-25")).toBe(25);
  expect(hours("2026-06-01")).toBe(24);
});

test("days are counted over the ends of months and years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
  expect(daysBetween("2026-12-30", "2027-01-02")).toBe(3);
});

test("a day that does not exist is refused", () => {
  expect(isCalendarDate("2024-02-29")).toBe(true);
  for (const text of ["2024-02-30", "2023-02-29", "2024-13-01", "24-01-01", "", "2024-1-1"]) {
    expect(isCalendarDate(text)).toBe(false);
  }
});
