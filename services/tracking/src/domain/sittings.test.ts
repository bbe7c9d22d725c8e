import { expect, test } from "bun:test";
import { planAssignment, planListedSitting, type Sitting } from "./sittings.ts";

const day = (number: number) => new Date(Date.UTC(2026, 10, number));
const now = day(25);
const sitting = (sittingNo: number, from: number, to?: number, installed = from): Sitting => ({
  sittingNo,
  installedAt: day(installed),
  fromAt: day(from),
  toAt: to === undefined ? undefined : day(to),
  isByHand: installed !== from,
});

test("the first listing begins a sitting", () => {
  const plan = planListedSitting([], day(1), undefined, now);
  expect(plan).toEqual({
    remove: [],
    end: [],
    keep: [],
    insert: [{ installedAt: day(1), fromAt: day(1), toAt: undefined }],
  });
});

test("a new sitting ends the one before", () => {
  const plan = planListedSitting([sitting(1, 1)], day(10), undefined, now);
  expect(plan.end).toEqual([{ sittingNo: 1, toAt: day(10) }]);
  expect(plan.insert).toEqual([{ installedAt: day(10), fromAt: day(10), toAt: undefined }]);
});

test("a removal ends the sitting it belongs to", () => {
  const plan = planListedSitting([sitting(1, 1)], day(1), day(7), now);
  expect(plan).toEqual({ remove: [], end: [{ sittingNo: 1, toAt: day(7) }], keep: [1], insert: [] });
});

test("the same listing again changes nothing", () => {
  const plan = planListedSitting([sitting(1, 1, 10), sitting(2, 10)], day(10), undefined, now);
  expect(plan).toEqual({ remove: [], end: [], keep: [2], insert: [] });
});

test("an installation dated back replaces what was remembered since", () => {
  const plan = planListedSitting([sitting(1, 1, 10), sitting(2, 10)], day(5), undefined, now);
  expect(plan.remove).toEqual([2]);
  expect(plan.end).toEqual([{ sittingNo: 1, toAt: day(5) }]);
  expect(plan.insert).toEqual([{ installedAt: day(5), fromAt: day(5), toAt: undefined }]);
});

test("a device that is installed nowhere ends its sitting", () => {
  expect(planListedSitting([sitting(1, 1)], undefined, undefined, now).end).toEqual([{ sittingNo: 1, toAt: now }]);
});

test("an assignment by hand splits the sitting it falls into and survives the next listing", () => {
  const plan = planAssignment([sitting(1, 1)], day(5));
  expect(plan.end).toEqual([{ sittingNo: 1, toAt: day(5) }]);
  expect(plan.insert).toEqual([{ installedAt: day(1), fromAt: day(5), toAt: undefined }]);
  const split = [sitting(1, 1, 5), sitting(2, 5, undefined, 1)];
  const next = planListedSitting(split, day(1), undefined, now);
  expect(next).toEqual({ remove: [], end: [], keep: [1, 2], insert: [] });
});

test("a removal before an assignment by hand takes the assignment away", () => {
  const plan = planListedSitting([sitting(1, 1, 5), sitting(2, 5, undefined, 1)], day(1), day(4), now);
  expect(plan.remove).toEqual([2]);
  expect(plan.end).toEqual([{ sittingNo: 1, toAt: day(4) }]);
});

test("an assignment from the beginning of a sitting replaces it, and an earlier one replaces later ones", () => {
  expect(planAssignment([sitting(1, 1)], day(1))).toMatchObject({ replace: 1, insert: [], remove: [] });
  const split = [sitting(1, 1, 5), sitting(2, 5, undefined, 1)];
  expect(planAssignment(split, day(3))).toMatchObject({
    remove: [2],
    end: [{ sittingNo: 1, toAt: day(3) }],
    insert: [{ installedAt: day(1), fromAt: day(3), toAt: undefined }],
  });
});

test("a device that sits nowhere is put on until its next known sitting", () => {
  expect(planAssignment([sitting(1, 10)], day(5)).insert).toEqual([
    { installedAt: day(5), fromAt: day(5), toAt: day(10) },
  ]);
});
