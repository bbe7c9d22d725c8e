import { expect, test } from "bun:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AssetFactsSchema, Availability } from "@dozor/proto/tracking/v1/facts";
import fc from "fast-check";
import type { AssetState } from "./asset-state.ts";
import { encodeAssetState } from "./encode-facts.ts";
import { type FixColumns, fixMessage, optionalTimestamp } from "./messages.ts";
import type { SittingFacts } from "./sitting-facts.ts";

const instant = fc.date({ min: new Date(-1e14), max: new Date(1e14), noInvalidDate: true });
const words = fc.string({ maxLength: 60 });
const decimal = fc.oneof(fc.double({ noNaN: true }), fc.constant(0));
const fix: fc.Arbitrary<FixColumns> = fc.record({
  deviceNo: fc.nat(),
  deviceId: words,
  at: instant,
  content: fc.maxSafeNat(),
  receivedAt: instant,
  lat: decimal,
  lon: decimal,
  source: fc.nat(3),
  accuracyM: fc.option(decimal),
  satellites: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  flaw: fc.nat(7),
  region: words,
});
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });
const sitting: fc.Arbitrary<SittingFacts> = fc.record({
  assetId: words,
  sittingNo: fc.nat(),
  deviceNo: fc.nat(),
  deviceId: words,
  provider: words,
  series: words,
  installedAt: instant,
  fromAt: instant,
  toAt: fc.option(instant),
  isBegun: fc.boolean(),
  isPresent: fc.boolean(),
  isLate: fc.boolean(),
  lastContactAt: maybe(instant),
  regionFix: maybe(fix),
  zoneFix: maybe(fix),
});
const state: fc.Arbitrary<AssetState> = fc.record({
  assetId: fc.uuid(),
  availability: fc.constantFrom(Availability.UNSPECIFIED, Availability.OK, Availability.NO_DEVICE),
  devices: fc.array(sitting, { maxLength: 3 }),
  regionPosition: maybe(fix),
  zonePosition: maybe(fix),
  zones: fc.array(fc.record({ zoneId: words, zoneVersion: fc.maxSafeNat(), since: instant }), { maxLength: 3 }),
  mileage: maybe(
    fc.record({ deviceId: words, firstAt: instant, lastAt: instant, distanceKm: decimal, readingCount: fc.nat() }),
  ),
  devicesKnown: fc.boolean(),
});

test("facts written to the wire by hand are, byte for byte, what the library writes", () => {
  fc.assert(
    fc.property(state, (each) => {
      const bytes = encodeAssetState(each);
      expect(fromBinary(AssetFactsSchema, bytes)).toEqual(messageOf(each));
      expect(Buffer.from(bytes).equals(toBinary(AssetFactsSchema, messageOf(each)))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

function messageOf(each: AssetState) {
  const { assetId, availability, devicesKnown, regionPosition, zonePosition, mileage } = each;
  return create(AssetFactsSchema, {
    assetId,
    availability,
    devicesKnown,
    devices: each.devices.map(({ deviceId, provider, series, installedAt, lastContactAt, regionFix, zoneFix }) => {
      const heardAt = optionalTimestamp(lastContactAt);
      return {
        deviceId,
        provider,
        series,
        installedAt: timestampFromDate(installedAt),
        ...(heardAt === undefined ? {} : { lastContactAt: heardAt }),
        ...(regionFix === undefined ? {} : { lastFix: fixMessage(regionFix) }),
        ...(zoneFix === undefined ? {} : { lastZoneFix: fixMessage(zoneFix) }),
      };
    }),
    zones: each.zones.map(({ zoneId, zoneVersion, since }) => ({
      zoneId,
      zoneVersion: BigInt(zoneVersion),
      since: timestampFromDate(since),
    })),
    ...(regionPosition === undefined ? {} : { regionPosition: fixMessage(regionPosition) }),
    ...(zonePosition === undefined ? {} : { zonePosition: fixMessage(zonePosition) }),
    ...(mileage === undefined
      ? {}
      : {
          mileage: {
            ...mileage,
            firstAt: timestampFromDate(mileage.firstAt),
            lastAt: timestampFromDate(mileage.lastAt),
          },
        }),
  });
}
