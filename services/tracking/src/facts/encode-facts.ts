import type { DescField } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import {
  AssetFactsSchema,
  DeviceFactSchema,
  FixSchema,
  MileageFactSchema,
  ZonePresenceSchema,
} from "@dozor/proto/tracking/v1/facts";
import type { AssetState, Mileage, Presence } from "./asset-state.ts";
import { type FixColumns, fixIdOf } from "./messages.ts";
import type { SittingFacts } from "./sitting-facts.ts";

// The answer to a check is written straight to the wire. Making a message object for every asset, device, fix and timestamp of it and encoding
// these by reflection cost six times as much (43 against 7 ms of CPU for 500 assets), which a run of two million verdicts feels.
// encode-facts.test.ts holds it to what the library makes of the same.

const facts = AssetFactsSchema.field;
const device = DeviceFactSchema.field;
const fix = FixSchema.field;
const zone = ZonePresenceSchema.field;
const mileage = MileageFactSchema.field;
const time = TimestampSchema.field;

/** Writes one AssetFacts message. */
export function writeAssetState(to: BinaryWriter, state: AssetState): void {
  text(to, facts.assetId, state.assetId);
  whole(to, facts.availability, state.availability);
  for (const each of state.devices) message(to, facts.devices, () => writeDevice(to, each));
  writeFix(to, facts.regionPosition, state.regionPosition);
  writeFix(to, facts.zonePosition, state.zonePosition);
  for (const each of state.zones) message(to, facts.zones, () => writePresence(to, each));
  const { mileage: driven } = state;
  if (driven !== undefined) message(to, facts.mileage, () => writeMileage(to, driven));
  if (state.devicesKnown) to.tag(facts.devicesKnown.number, WireType.Varint).bool(true);
}

export function encodeAssetState(state: AssetState): Uint8Array {
  const writer = new BinaryWriter();
  writeAssetState(writer, state);
  return writer.finish();
}

function writeDevice(to: BinaryWriter, sitting: SittingFacts): void {
  text(to, device.deviceId, sitting.deviceId);
  text(to, device.provider, sitting.provider);
  text(to, device.series, sitting.series);
  timestamp(to, device.installedAt, sitting.installedAt);
  if (sitting.lastContactAt !== undefined) timestamp(to, device.lastContactAt, sitting.lastContactAt);
  writeFix(to, device.lastFix, sitting.regionFix);
  writeFix(to, device.lastZoneFix, sitting.zoneFix);
}

function writeFix(to: BinaryWriter, field: DescField, columns: FixColumns | undefined): void {
  if (columns === undefined) return;
  message(to, field, () => {
    text(to, fix.fixId, fixIdOf(columns));
    text(to, fix.deviceId, columns.deviceId);
    timestamp(to, fix.at, columns.at);
    timestamp(to, fix.receivedAt, columns.receivedAt);
    decimal(to, fix.latitudeDeg, columns.lat);
    decimal(to, fix.longitudeDeg, columns.lon);
    whole(to, fix.source, columns.source);
    // Optional fields are written even when they are 0.
    if (columns.accuracyM !== null) to.tag(fix.accuracyM.number, WireType.Bit64).double(columns.accuracyM);
    if (columns.satellites !== null) to.tag(fix.satellites.number, WireType.Varint).int32(columns.satellites);
    whole(to, fix.flaw, columns.flaw);
    text(to, fix.regionCode, columns.region);
  });
}

function writePresence(to: BinaryWriter, { zoneId, zoneVersion, since }: Presence): void {
  text(to, zone.zoneId, zoneId);
  if (zoneVersion !== 0) to.tag(zone.zoneVersion.number, WireType.Varint).int64(zoneVersion);
  timestamp(to, zone.since, since);
}

function writeMileage(to: BinaryWriter, driven: Mileage): void {
  text(to, mileage.deviceId, driven.deviceId);
  timestamp(to, mileage.firstAt, driven.firstAt);
  timestamp(to, mileage.lastAt, driven.lastAt);
  decimal(to, mileage.distanceKm, driven.distanceKm);
  whole(to, mileage.readingCount, driven.readingCount);
}

function message(to: BinaryWriter, field: DescField, write: () => void): void {
  to.tag(field.number, WireType.LengthDelimited).fork();
  write();
  to.join();
}

function timestamp(to: BinaryWriter, field: DescField, at: Date): void {
  const ms = at.getTime();
  const seconds = Math.floor(ms / 1000);
  to.tag(field.number, WireType.LengthDelimited).fork();
  if (seconds !== 0) to.tag(time.seconds.number, WireType.Varint);
  // The same bytes, without a bigint for every instant between 1970 and 2106.
  if (seconds > 0 && seconds < 2 ** 32) to.uint32(seconds);
  else if (seconds !== 0) to.int64(seconds);
  whole(to, time.nanos, (ms - seconds * 1000) * 1_000_000);
  to.join();
}

function text(to: BinaryWriter, field: DescField, value: string): void {
  if (value !== "") to.tag(field.number, WireType.LengthDelimited).string(value);
}

function whole(to: BinaryWriter, field: DescField, value: number): void {
  if (value !== 0) to.tag(field.number, WireType.Varint).int32(value);
}

function decimal(to: BinaryWriter, field: DescField, value: number): void {
  if (!Object.is(value, 0)) to.tag(field.number, WireType.Bit64).double(value);
}
