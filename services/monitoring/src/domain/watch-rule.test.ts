import { expect, test } from "bun:test";
import { addDays } from "./business-date.ts";
import { type WatchRule, type WatchSubject, watchReason, watchRecheckOn } from "./watch-rule.ts";

const rule: WatchRule = { version: 1, kinds: ["truck"], contractStatuses: ["active"] };
const contract: NonNullable<WatchSubject["contract"]> = {
  deleted: false,
  status: "active",
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  returnDate: undefined,
};
const subject: WatchSubject = { deleted: false, kind: "truck", contract };
const reasonOf = (change: Partial<WatchSubject>, date = "2026-11-22") =>
  watchReason({ ...subject, ...change }, rule, date);
const withContract = (change: Partial<typeof contract>) => ({ contract: { ...contract, ...change } });

test("an asset of a watched kind under a contract in force is watched", () => {
  expect(reasonOf({})).toBe("watched");
});

test("each reason is given, and the earlier one wins", () => {
  expect(reasonOf({ deleted: true, kind: undefined })).toBe("asset_deleted");
  expect(reasonOf({ kind: undefined, contract: undefined })).toBe("no_nomenclature");
  expect(reasonOf({ kind: "ship", contract: undefined })).toBe("kind_not_watched");
  expect(reasonOf({ contract: undefined })).toBe("no_contract");
  expect(reasonOf(withContract({ deleted: true, status: "draft" }))).toBe("contract_deleted");
  expect(reasonOf(withContract({ status: "terminated", startDate: "2027-01-01" }))).toBe("contract_not_active");
  expect(reasonOf(withContract({ startDate: "2026-11-23", endDate: "2026-11-01" }))).toBe("contract_not_started");
  expect(reasonOf(withContract({ endDate: "2026-11-21", returnDate: "2026-01-01" }))).toBe("contract_ended");
  expect(reasonOf(withContract({ returnDate: "2026-11-22" }))).toBe("asset_returned");
});

test("the first and the last day of a contract are in force, the day of return is not", () => {
  expect(reasonOf({}, "2026-01-01")).toBe("watched");
  expect(reasonOf({}, "2026-12-31")).toBe("watched");
  expect(reasonOf({}, "2027-01-01")).toBe("contract_ended");
  expect(reasonOf(withContract({ returnDate: "2026-11-23" }))).toBe("watched");
});

test("a contract without dates is in force", () => {
  expect(reasonOf(withContract({ startDate: undefined, endDate: undefined }))).toBe("watched");
});

test("the reason can change only on the date that is told", () => {
  const changing: WatchSubject = {
    ...subject,
    contract: { ...contract, startDate: "2026-11-10", endDate: "2026-11-20", returnDate: "2026-11-18" },
  };
  let date = "2026-11-01";
  const turns: string[] = [];
  for (let next = watchRecheckOn(changing, date, (day) => addDays(day, 1)); next !== undefined; ) {
    const before = watchReason(changing, rule, date);
    for (let day = addDays(date, 1); day < next; day = addDays(day, 1)) {
      expect(watchReason(changing, rule, day)).toBe(before);
    }
    turns.push(next);
    date = next;
    next = watchRecheckOn(changing, date, (day) => addDays(day, 1));
  }
  expect(turns).toEqual(["2026-11-10", "2026-11-18", "2026-11-21"]);
});
