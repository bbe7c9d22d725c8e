import { expect, test } from "bun:test";
import fc from "fast-check";
import { replayVisits, type ZoneFix, type ZoneShape } from "./zone-visits.ts";

// A square of about 640 m by 1,110 m near Omsk; 0.001 degrees of latitude are 111 m.
const square: ZoneShape = {
  zoneId: "square",
  version: 1,
  shape: {
    kind: "polygons",
    polygons: [[Float64Array.of(73.36, 54.98, 73.37, 54.98, 73.37, 54.99, 73.36, 54.99, 73.36, 54.98)]],
  },
};
const zonesAt = () => [square];
const zoneOf = (id: string) => (id === "square" ? square : undefined);
const fix = (hour: number, metresNorth: number, accuracyM?: number): ZoneFix => ({
  at: new Date(Date.UTC(2026, 10, 20, hour)),
  lat: 54.99 + metresNorth / 111_195,
  lon: 73.365,
  accuracyM,
});
const replay = (fixes: ZoneFix[]) =>
  replayVisits([], undefined, fixes, zonesAt, zoneOf).map((visit) => [
    visit.enteredAt.getUTCHours(),
    visit.leftAt?.getUTCHours(),
  ]);

test("one fix inside enters, one clearly outside leaves", () => {
  expect(replay([fix(0, 500), fix(1, -50), fix(2, -60), fix(3, 500)])).toEqual([[1, 3]]);
});

test("one fix outside by less than its accuracy does not leave", () => {
  expect(replay([fix(1, -50), fix(2, 40, 50), fix(3, -50)])).toEqual([[1, undefined]]);
  expect(replay([fix(1, -50), fix(2, 60, 50), fix(3, -50)])).toEqual([
    [1, 2],
    [3, undefined],
  ]);
});

test("the second fix outside in a row leaves, however near", () => {
  expect(replay([fix(1, -50), fix(2, 40, 50), fix(3, 30, 50), fix(4, 30, 50)])).toEqual([[1, 3]]);
});

test("two fixes outside which are not in a row do not leave", () => {
  expect(replay([fix(1, -50), fix(2, 40, 50), fix(3, -1), fix(4, 40, 50)])).toEqual([[1, undefined]]);
});

test("an unknown accuracy counts as 100 m", () => {
  expect(replay([fix(1, -50), fix(2, 90)])).toEqual([[1, undefined]]);
  expect(replay([fix(1, -50), fix(2, 110)])).toEqual([[1, 2]]);
});

test("a zone which is no longer in force keeps its visits untouched", () => {
  const visit = { zoneId: "gone", zoneVersion: 3, enteredAt: new Date(0), leftAt: undefined };
  expect(replayVisits([visit], undefined, [fix(1, 500)], zonesAt, zoneOf)).toEqual([visit]);
});

test("going on from any fix gives what replaying everything gives", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -120, max: 160 }), { minLength: 2, maxLength: 30 }),
      fc.nat(),
      (norths, cut) => {
        const fixes = norths.map((north, hour) => fix(hour, north, 50));
        const at = 1 + (cut % (fixes.length - 1));
        const whole = replayVisits([], undefined, fixes, zonesAt, zoneOf);
        const first = replayVisits([], undefined, fixes.slice(0, at), zonesAt, zoneOf);
        const open = first.filter((visit) => visit.leftAt === undefined);
        const ended = first.filter((visit) => visit.leftAt !== undefined);
        expect([...ended, ...replayVisits(open, fixes[at - 1], fixes.slice(at), zonesAt, zoneOf)]).toEqual(whole);
      },
    ),
  );
});
