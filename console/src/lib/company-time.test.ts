import { expect, test } from "bun:test";
import {
  addDays,
  ageBetween,
  dateOf,
  dayOf,
  formatDateTime,
  formatDay,
  instantOf,
  instantOfClock,
  timestampOf,
} from "./company-time.ts";

test("times are shown in Moscow, wherever the browser is", () => {
  expect(formatDateTime(new Date("2026-11-10T21:30:00Z"))).toBe("11.11.2026 00:30");
  expect(dayOf(new Date("2026-12-31T21:00:00Z"))).toBe("2027-01-01");
});

test("nine in the morning of a day is the instant at which Moscow's clocks show it", () => {
  expect(instantOf("2026-11-23", 9).toISOString()).toBe("2026-11-23T06:00:00.000Z");
  // In 2013 Moscow was four hours ahead.
  expect(instantOf("2013-07-01", 9).toISOString()).toBe("2013-07-01T05:00:00.000Z");
});

test("a time typed into a filter is Moscow's", () => {
  expect(instantOfClock("2026-11-23T03:30").toISOString()).toBe("2026-11-23T00:30:00.000Z");
});

test("a business date keeps its day, and days are added over the end of a year", () => {
  expect(formatDay("2026-11-10")).toBe("10.11.2026");
  expect(addDays("2026-12-30", 3)).toBe("2027-01-02");
});

test("an age is told in the largest unit that still says something", () => {
  const from = new Date("2026-11-10T00:00:00Z");
  const after = (minutes: number) => ageBetween(from, new Date(from.getTime() + minutes * 60_000));
  expect(after(0.5)).toEqual({ unit: "now" });
  expect(after(59)).toEqual({ unit: "minutes", value: 59 });
  expect(after(47 * 60)).toEqual({ unit: "hours", value: 47 });
  expect(after(12 * 24 * 60 + 5)).toEqual({ unit: "days", value: 12 });
});

test("an instant survives the way to the wire and back, before 1970 too", () => {
  for (const text of ["2026-11-10T14:05:07.089Z", "1969-12-31T23:59:59.500Z"]) {
    const wire = { $typeName: "google.protobuf.Timestamp" as const, ...timestampOf(new Date(text)) };
    expect(dateOf(wire).toISOString()).toBe(text);
  }
});
