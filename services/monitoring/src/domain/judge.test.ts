import { expect, test } from "bun:test";
import { type Condition, Membership, Party, PartyState } from "@dozor/proto/monitoring/v1/condition";
import { type AssetFacts, Availability, type DeviceFact, type Fix, FixSource } from "@dozor/proto/tracking/v1/facts";
import { federalDistricts, subjectsOf } from "./federal-districts.ts";
import { judge } from "./judge.ts";
import type { Judgement, Terms } from "./judgement.ts";
import { dayMs, hourMs } from "./timestamps.ts";

const asOfMs = Date.parse("2026-11-22T09:00:00Z");
const omsk = { latitudeDeg: 54.99, longitudeDeg: 73.37 };
/** One degree of a meridian is 111.195 km on the sphere that distances are measured on. */
const kmNorth = (km: number) => ({ ...omsk, latitudeDeg: omsk.latitudeDeg + km / 111.195 });
const at = (ms: number) => ({ seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 });
const ago = (ms: number) => at(asOfMs - ms);
// The rules read plain fields; the casts spare the tests the message wrappers.
const fix = (change: object = {}) =>
  ({ at: ago(hourMs), ...omsk, source: FixSource.GNSS, regionCode: "RU-OMS", ...change }) as Fix;
const device = (change: object = {}) => ({ deviceId: "d", installedAt: ago(100 * dayMs), ...change }) as DeviceFact;
const facts = (change: object = {}) =>
  ({
    availability: Availability.OK,
    devices: [device()],
    zones: [],
    devicesKnown: true,
    ...change,
  }) as unknown as AssetFacts;

const terms: Terms = {
  agreedLocation: { ...omsk, radiusKm: undefined },
  agreedRegion: "RU-OMS",
  plannedMileageKmPerYear: 36_525,
  handoverAtMs: asOfMs - 100 * dayMs,
  trackerExpected: true,
  lessee: { identity: "match", found: true, states: [] },
  lessor: undefined,
};

function judged(kind: object, given: { facts?: AssetFacts; terms?: Partial<Terms> } = {}): Judgement {
  const condition = { kind } as unknown as Condition;
  return judge(condition, { asOfMs, terms: { ...terms, ...given.terms }, facts: given.facts ?? facts() });
}
const violated = { result: "violated" } as const;
const clear = { result: "clear" } as const;
const unknown = (reason: string) => ({ result: "unknown", reason });

const zone = (membership: Membership) => ({ case: "zone", value: { membership, zoneIds: ["a", "b"] } });
const inside = (...zoneIds: string[]) => facts({ zonePosition: fix(), zones: zoneIds.map((zoneId) => ({ zoneId })) });

test("zone: inside of a named zone violates what forbids it and satisfies what demands it", () => {
  expect(judged(zone(Membership.IN), { facts: inside("b") })).toMatchObject(violated);
  expect(judged(zone(Membership.NOT_IN), { facts: inside("b") })).toMatchObject(clear);
});
test("zone: outside of the named zones, though inside of others", () => {
  expect(judged(zone(Membership.IN), { facts: inside("z") })).toMatchObject(clear);
  expect(judged(zone(Membership.NOT_IN), { facts: inside("z") })).toMatchObject(violated);
});
test("zone: unknown without a position good enough for zones", () => {
  expect(judged(zone(Membership.NOT_IN), { facts: facts({ regionPosition: fix() }) })).toEqual(
    unknown("no_fix") as never,
  );
});

const agreedRegion = { case: "region", value: { membership: Membership.NOT_IN, regionCodes: [], agreedRegion: true } };
const caucasus = { case: "region", value: { membership: Membership.IN, regionCodes: ["NCFD"], agreedRegion: false } };
const inRegion = (regionCode: string) => facts({ regionPosition: fix({ regionCode }) });

test("region: another subject than the contract names violates, the same is clear", () => {
  expect(judged(agreedRegion, { facts: inRegion("RU-NVS") })).toMatchObject(violated);
  expect(judged(agreedRegion, { facts: inRegion("RU-OMS") })).toMatchObject(clear);
});
test("region: a district stands for all of its subjects", () => {
  for (const code of ["RU-DA", "RU-IN", "RU-KB", "RU-KC", "RU-SE", "RU-CE", "RU-STA"]) {
    expect(judged(caucasus, { facts: inRegion(code) })).toMatchObject(violated);
  }
  expect(judged(caucasus, { facts: inRegion("RU-KDA") })).toMatchObject(clear);
  expect(judged(caucasus, { facts: inRegion("RU-OMS"), terms: { agreedRegion: "" } })).toMatchObject(clear);
});
test("region: unknown without an agreed region, a fix or a subject, in this order", () => {
  expect(judged(agreedRegion, { facts: facts(), terms: { agreedRegion: "" } })).toEqual(
    unknown("no_agreed_region") as never,
  );
  expect(judged(agreedRegion)).toEqual(unknown("no_fix") as never);
  expect(judged(caucasus, { facts: inRegion("") })).toEqual(unknown("outside_known_regions") as never);
});
test("every federal subject belongs to one district", () => {
  const all = Object.values(federalDistricts).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(85);
  expect(subjectsOf(["NCFD", "RU-OMS"]).size).toBe(8);
});

const agreedLocation = { case: "agreedLocation", value: { defaultRadiusKm: 50, marginKm: 5 } };
const away = (km: number) => facts({ zonePosition: fix(kmNorth(km)) });

test("agreed location: farther than the radius and the margin violates; the contract's radius wins over the default", () => {
  expect(judged(agreedLocation, { facts: away(56) })).toMatchObject({ ...violated, limit: 55 });
  expect(judged(agreedLocation, { facts: away(54) })).toMatchObject(clear);
  expect(
    judged(agreedLocation, { facts: away(56), terms: { agreedLocation: { ...omsk, radiusKm: 100 } } }),
  ).toMatchObject({ ...clear, limit: 105 });
});
test("agreed location: 50 km where neither names a radius", () => {
  expect(judged({ case: "agreedLocation", value: { marginKm: 0 } }, { facts: away(51) })).toMatchObject({
    ...violated,
    limit: 50,
  });
});
test("agreed location: unknown without a location or a fix", () => {
  expect(judged(agreedLocation, { facts: away(500), terms: { agreedLocation: undefined } })).toEqual(
    unknown("no_agreed_location") as never,
  );
  expect(judged(agreedLocation)).toEqual(unknown("no_fix") as never);
});

const noContact = { case: "noContact", value: { days: 3 } };
const heard = (...agoMs: number[]) => facts({ devices: agoMs.map((ms) => device({ lastContactAt: ago(ms) })) });

test("no contact: exactly the limit is clear, a millisecond more violates", () => {
  expect(judged(noContact, { facts: heard(3 * dayMs) })).toMatchObject({ ...clear, measured: 3, limit: 3 });
  expect(judged(noContact, { facts: heard(3 * dayMs + 1) })).toMatchObject(violated);
});
test("no contact: the device heard last speaks for the asset", () => {
  expect(judged(noContact, { facts: heard(9 * dayMs, dayMs) })).toMatchObject(clear);
});
test("no contact: a device never heard counts from its installation", () => {
  const installed = (days: number) => facts({ devices: [device({ installedAt: ago(days * dayMs) })] });
  expect(judged(noContact, { facts: installed(2) })).toMatchObject(clear);
  expect(judged(noContact, { facts: installed(4) })).toMatchObject(violated);
  expect(judged(noContact, { facts: facts({ devices: [device({ installedAt: undefined })] }) })).toEqual(
    unknown("no_installation_date") as never,
  );
});

const noFix = (gnssOnly = false) => ({ case: "noFix", value: { days: 7, gnssOnly } });

test("no fix: the newest plausible fix of any source counts", () => {
  const seen = (days: number) =>
    facts({
      devices: [device({ lastContactAt: ago(0), lastFix: fix({ at: ago(days * dayMs), source: FixSource.LBS }) })],
    });
  expect(judged(noFix(), { facts: seen(6) })).toMatchObject(clear);
  expect(judged(noFix(), { facts: seen(8) })).toMatchObject({ ...violated, measured: 8, limit: 7 });
});
test("no fix: a device that never had one counts from its installation", () => {
  expect(judged(noFix())).toMatchObject({ ...violated, measured: 100 });
  expect(judged(noFix(), { facts: facts({ devices: [device({ installedAt: ago(dayMs) })] }) })).toMatchObject(clear);
});
test("no fix: by satellites only, a position by the mobile network does not count", () => {
  const devices = [
    device({ lastFix: fix({ at: ago(dayMs), source: FixSource.LBS }), lastZoneFix: fix({ at: ago(9 * dayMs) }) }),
  ];
  expect(judged(noFix(true), { facts: facts({ devices }) })).toMatchObject({ ...violated, measured: 9 });
  expect(judged(noFix(false), { facts: facts({ devices }) })).toMatchObject(clear);
});

const trackerMissing = { case: "trackerMissing", value: { graceDays: 7 } };
const bare = (change: object = {}) => facts({ availability: Availability.NO_DEVICE, devices: [], ...change });

test("tracker missing: expected, absent and the grace is over", () => {
  expect(judged(trackerMissing, { facts: bare() })).toMatchObject({ ...violated, measured: 100, limit: 7 });
  expect(judged(trackerMissing, { facts: bare(), terms: { handoverAtMs: undefined } })).toMatchObject(violated);
});
test("tracker missing: clear within the grace, with a device, and where none is expected", () => {
  expect(judged(trackerMissing, { facts: bare(), terms: { handoverAtMs: asOfMs - 7 * dayMs } })).toMatchObject(clear);
  expect(judged(trackerMissing)).toMatchObject(clear);
  expect(judged(trackerMissing, { facts: bare(), terms: { trackerExpected: false } })).toMatchObject(clear);
});
test("tracker missing: unknown while no listing of devices was complete, and for an ambiguous VIN", () => {
  expect(judged(trackerMissing, { facts: bare({ devicesKnown: false }) })).toEqual(unknown("devices_unknown") as never);
  expect(judged(trackerMissing, { facts: facts({ availability: Availability.AMBIGUOUS_IDENTITY }) })).toEqual(
    unknown("ambiguous_identity") as never,
  );
  expect(judged(trackerMissing, { facts: facts({ availability: Availability.PROVIDER_UNHEALTHY }) })).toEqual(
    unknown("provider_unhealthy") as never,
  );
});

const disagree = { case: "trackersDisagree", value: { distanceKm: 5, withinHours: 48 } };
const seenAt = (...places: { km: number; agoMs: number }[]) =>
  facts({ devices: places.map(({ km, agoMs }) => device({ lastZoneFix: fix({ ...kmNorth(km), at: ago(agoMs) }) })) });

test("trackers disagree: far apart within the window violates, near or at one place is clear", () => {
  expect(judged(disagree, { facts: seenAt({ km: 0, agoMs: 0 }, { km: 6, agoMs: 48 * hourMs }) })).toMatchObject({
    ...violated,
    limit: 5,
  });
  expect(judged(disagree, { facts: seenAt({ km: 0, agoMs: 0 }, { km: 4, agoMs: 0 }) })).toMatchObject(clear);
});
test("trackers disagree: the farthest comparable pair of three decides", () => {
  const places = [
    { km: 0, agoMs: 0 },
    { km: 1, agoMs: hourMs },
    { km: 30, agoMs: 2 * hourMs },
  ];
  const judgement = judged(disagree, { facts: seenAt(...places) });
  expect(judgement.result).toBe("violated");
  expect("measured" in judgement ? judgement.measured : 0).toBeCloseTo(30, 3);
});
test("trackers disagree: one device is clear, two that cannot be compared are unknown", () => {
  expect(judged(disagree)).toMatchObject(clear);
  expect(judged(disagree, { facts: seenAt({ km: 0, agoMs: 0 }, { km: 900, agoMs: 49 * hourMs }) })).toEqual(
    unknown("no_comparable_fixes") as never,
  );
  expect(judged(disagree, { facts: facts({ devices: [device(), device({ lastZoneFix: fix() })] }) })).toEqual(
    unknown("no_comparable_fixes") as never,
  );
});

const mileage = { case: "mileage", value: { percent: 110, minObservedDays: 7 } };
const driven = (distanceKm: number, days = 10, readingCount = 5) =>
  facts({ mileage: { firstAt: ago(days * dayMs), lastAt: ago(0), distanceKm, readingCount } });

test("mileage: more than 110 per cent of the plan in proportion to the days violates", () => {
  // 36,525 km a year are 100 km a day.
  expect(judged(mileage, { facts: driven(1_100) })).toMatchObject(clear);
  expect(judged(mileage, { facts: driven(1_101) })).toMatchObject({ ...violated, measured: 1_101 });
});
test("mileage: unknown without a plan, with one reading or less than a week between them", () => {
  expect(judged(mileage, { facts: driven(9_999), terms: { plannedMileageKmPerYear: undefined } })).toEqual(
    unknown("no_plan") as never,
  );
  expect(judged(mileage)).toEqual(unknown("no_odometer") as never);
  expect(judged(mileage, { facts: driven(9_999, 10, 1) })).toEqual(unknown("no_odometer") as never);
  expect(judged(mileage, { facts: driven(9_999, 6.9) })).toEqual(unknown("no_odometer") as never);
});

const dissolved = {
  case: "counterpartyState",
  value: { party: Party.LESSEE, states: [PartyState.DISSOLVED, PartyState.BANKRUPTING] },
};
const party = (identity: string, states: string[] = [], found = true) => ({ lessee: { identity, states, found } });

test("counterparty state: one of the named states violates, another or none is clear", () => {
  expect(judged(dissolved, { terms: party("match", ["bankrupting"]) })).toMatchObject(violated);
  expect(judged(dissolved, { terms: party("conflict", ["dissolved"]) })).toMatchObject(violated);
  expect(judged(dissolved, { terms: party("match", ["reorganizing"]) })).toMatchObject(clear);
  expect(judged(dissolved, { terms: party("incomplete") })).toMatchObject(clear);
});
test("counterparty state: unknown without a party, before Focus was asked, and when Focus knows nothing", () => {
  expect(judged(dissolved, { terms: { lessee: undefined } })).toEqual(unknown("no_party") as never);
  expect(judged(dissolved, { terms: party("not_checked", [], false) })).toEqual(unknown("not_checked") as never);
  for (const identity of ["not_found", "invalid", "incomplete"]) {
    expect(judged(dissolved, { terms: party(identity, [], false) })).toEqual(unknown("not_found") as never);
  }
});
test("counterparty state: the lessor where the condition says so", () => {
  const ofLessor = { case: "counterpartyState", value: { party: Party.LESSOR, states: [PartyState.DISSOLVED] } };
  expect(judged(ofLessor, { terms: party("match", ["dissolved"]) })).toEqual(unknown("no_party") as never);
});

const identity = { case: "counterpartyIdentity", value: { party: Party.LESSEE } };

test("counterparty identity: each relation of INN and OGRN has its verdict", () => {
  const verdicts = {
    conflict: violated,
    predecessor_or_successor: violated,
    match: clear,
    duplicate_inn: clear,
    not_found: unknown("not_found"),
    not_checked: unknown("not_checked"),
    unspecified: unknown("not_checked"),
    incomplete: unknown("identity_incomplete"),
    invalid: unknown("identity_invalid"),
  };
  for (const [name, verdict] of Object.entries(verdicts)) {
    expect(judged(identity, { terms: party(name) })).toEqual(verdict as never);
  }
  expect(judged(identity, { terms: { lessee: undefined } })).toEqual(unknown("no_party") as never);
});

test("no tracker kind judges what cannot be relied on", () => {
  const kinds = [zone(Membership.IN), caucasus, agreedLocation, noContact, noFix(), disagree, mileage];
  const reasons = {
    [Availability.NO_DEVICE]: "no_device",
    [Availability.AMBIGUOUS_IDENTITY]: "ambiguous_identity",
    [Availability.PROVIDER_UNHEALTHY]: "provider_unhealthy",
    [Availability.UNKNOWN_ASSET]: "unknown_asset",
    [Availability.UNSPECIFIED]: "unknown_asset",
  };
  for (const kind of kinds) {
    for (const [availability, reason] of Object.entries(reasons)) {
      expect(judged(kind, { facts: facts({ availability: Number(availability) }) })).toEqual(unknown(reason) as never);
    }
  }
});
