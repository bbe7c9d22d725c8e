import { expect, test } from "bun:test";
import fc from "fast-check";
import { fixFlaws, fixSources, type ReportedFix } from "./fix.ts";
import { isGoodForZones, judgeSpeeds, ownFlawOf, type TimedPlace } from "./fix-sanity.ts";

const now = new Date("2026-11-20T12:00:00Z");
const omsk: ReportedFix = {
  at: new Date("2026-11-20T03:00:00Z"),
  lat: 54.9885,
  lon: 73.3682,
  source: fixSources.gnss,
  accuracyM: 12,
  satellites: 9,
};
const flawOf = (change: Partial<ReportedFix>, receivedAt = now) => ownFlawOf({ ...omsk, ...change }, receivedAt, now);

test("a usual fix is plausible", () => {
  expect(flawOf({})).toBe(fixFlaws.none);
});

test("each kind of garbage is named", () => {
  expect(flawOf({ lat: 0, lon: 0 })).toBe(fixFlaws.zeroCoordinates);
  expect(flawOf({ lat: 55, lon: 73 })).toBe(fixFlaws.wholeDegrees);
  expect(flawOf({ lat: 91.5, lon: 200.5 })).toBe(fixFlaws.outOfRange);
  expect(flawOf({ lat: Number.NaN })).toBe(fixFlaws.outOfRange);
  expect(flawOf({ lat: 37.6173, lon: 55.7558 })).toBe(fixFlaws.swapped);
  expect(flawOf({ lat: 129.7331, lon: 62.0281 })).toBe(fixFlaws.swapped);
  expect(flawOf({ at: new Date("2009-12-31T23:59:59Z") })).toBe(fixFlaws.tooOld);
  expect(flawOf({ at: new Date("2026-11-20T12:10:01Z") })).toBe(fixFlaws.inFuture);
});

test("a clock ten minutes ahead is forgiven, of what we received as of what it is now", () => {
  expect(flawOf({ at: new Date("2026-11-20T12:10:00Z") })).toBe(fixFlaws.none);
  expect(flawOf({ at: new Date("2026-11-19T12:10:01Z") }, new Date("2026-11-19T12:00:00Z"))).toBe(fixFlaws.inFuture);
});

test("Chukotka beyond the antimeridian is Russia and not a swap", () => {
  expect(flawOf({ lat: 66.159, lon: -169.81 })).toBe(fixFlaws.none);
});

test("zones are decided by satellites or by near wireless networks, never by cell towers", () => {
  const good = (change: Partial<ReportedFix>) => isGoodForZones({ ...omsk, ...change });
  expect(good({ satellites: 4, accuracyM: 900 })).toBe(true);
  expect(good({ satellites: 3, accuracyM: 100 })).toBe(true);
  expect(good({ satellites: 3, accuracyM: 101 })).toBe(false);
  expect(good({ satellites: 3, accuracyM: undefined })).toBe(false);
  expect(good({ satellites: undefined, accuracyM: undefined })).toBe(true);
  expect(good({ source: fixSources.wifi, accuracyM: 100 })).toBe(true);
  expect(good({ source: fixSources.wifi, accuracyM: undefined })).toBe(false);
  expect(good({ source: fixSources.lbs, accuracyM: 1, satellites: 12 })).toBe(false);
});

const place = (hour: number, lat: number, lon: number): TimedPlace => ({
  at: new Date(Date.UTC(2026, 10, 20, hour)),
  lat,
  lon,
});
const nothing = { plausible: undefined, refused: undefined };

test("one jump across the country is dropped", () => {
  const places = [place(0, 55, 73.3), place(1, 55.1, 73.3), place(2, 43.1, 131.9), place(3, 55.2, 73.4)];
  expect(judgeSpeeds(nothing, places).areTooFast).toEqual([false, false, true, false]);
});

test("a jump which the next fix confirms is accepted after all", () => {
  const places = [place(0, 55, 73.3), place(1, 43.1, 131.9), place(2, 43.2, 132)];
  expect(judgeSpeeds(nothing, places).areTooFast).toEqual([false, false, false]);
});

test("a jump refused earlier is accepted when the newly received fix confirms it", () => {
  const before = { plausible: place(0, 55, 73.3), refused: place(1, 43.1, 131.9) };
  expect(judgeSpeeds(before, [place(2, 43.2, 132)])).toEqual({ isRefusedTooFast: false, areTooFast: [false] });
  expect(judgeSpeeds(before, [place(2, 55.1, 73.3)])).toEqual({ isRefusedTooFast: true, areTooFast: [false] });
});

test("judging in two parts gives what judging at once gives", () => {
  const hop = fc.record({ hours: fc.integer({ min: 1, max: 40 }), far: fc.boolean() });
  fc.assert(
    fc.property(fc.array(hop, { minLength: 1, maxLength: 20 }), fc.nat(20), (hops, cut) => {
      let hour = 0;
      const places = hops.map((each) => {
        hour += each.hours;
        return each.far ? place(hour, 43.1, 131.9) : place(hour, 55, 73.3);
      });
      const whole = judgeSpeeds(nothing, places).areTooFast;
      const at = Math.min(cut, places.length);
      const first = judgeSpeeds(nothing, places.slice(0, at)).areTooFast;
      const lastPlausible = first.lastIndexOf(false);
      const isLastRefused = at > 0 && first[at - 1] === true;
      const before = {
        plausible: lastPlausible === -1 ? undefined : places[lastPlausible],
        refused: isLastRefused ? places[at - 1] : undefined,
      };
      const second = judgeSpeeds(before, places.slice(at));
      if (isLastRefused) first[at - 1] = second.isRefusedTooFast;
      expect([...first, ...second.areTooFast]).toEqual(whole);
    }),
  );
});
