import { decodeStrictJson, EdgeError } from "@dozor/runtime/edge-json";
import { fixSources, type ReportedFix } from "../domain/fix.ts";
import { GeometryError, parseGeometry } from "../domain/geojson.ts";
import type { ItemKind, ReadItem, ReportedContact, ReportedDevice, ReportedZone } from "../domain/provider-report.ts";
import { ItemError, type ItemReader, readItem } from "./item-reader.ts";

/** Reads one item, or throws ItemError. What is wrong with a part of it that it can do without is told to `complain`. */
export type Reader<T> = (item: ItemReader, complain: (reason: string) => void) => T;

/** Reads an item that was kept as it came. */
export function readOne(kind: ItemKind, raw: string): ReadItem {
  const complaints: string[] = [];
  try {
    const item = readItem(decodeStrictJson(new TextEncoder().encode(raw)));
    switch (kind) {
      case "device":
        return { kind, item: readDevice(item) };
      case "zone":
        return { kind, item: readZone(item) };
      case "contact": {
        const contact = readContact(item, (reason) => void complaints.push(reason));
        return complaints.length === 0 ? { kind, item: contact } : { kind: "refused", reason: complaints.join("; ") };
      }
    }
  } catch (error) {
    if (error instanceof ItemError || error instanceof GeometryError || error instanceof EdgeError)
      return { kind: "refused", reason: error.message };
    throw error;
  }
}

export function readDevice(item: ItemReader): ReportedDevice {
  const installedAt = item.optionalTime("installedAt");
  const removedAt = item.optionalTime("removedAt");
  if (installedAt !== undefined && removedAt !== undefined && removedAt <= installedAt)
    throw new ItemError("removedAt is not after installedAt");
  return {
    externalId: item.text("id"),
    imei: item.optionalText("imei"),
    series: item.optionalText("series"),
    name: item.optionalText("name"),
    vin: item.optionalText("vin"),
    plate: item.optionalText("plate"),
    installedAt,
    removedAt,
  };
}

export function readContact(item: ItemReader, complain: (reason: string) => void): ReportedContact {
  // That a device was heard is worth more than what it said: a broken reading does not make it silent.
  const tolerant = <T>(what: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      complain(`${error.message}; the contact is kept without ${what}`);
      return otherwise;
    }
  };
  return {
    externalId: item.text("id"),
    deviceExternalId: item.text("deviceId"),
    at: item.time("contactAt"),
    receivedAt: item.time("receivedAt"),
    batteryPercent: tolerant("its battery", () => item.optionalNumber("batteryPercent"), undefined),
    odometerKm: tolerant("its odometer", () => item.optionalNumber("odometerKm"), undefined),
    events: tolerant("its events", () => item.texts("events"), []),
    fix: tolerant("its fix", () => readFix(item.optionalItem("fix")), undefined),
  };
}

function readFix(fix: ItemReader | undefined): ReportedFix | undefined {
  if (fix === undefined) return undefined;
  return {
    at: fix.time("at"),
    lat: fix.number("lat"),
    lon: fix.number("lon"),
    source: fixSources[fix.oneOf("source", ["gnss", "lbs", "wifi"])],
    accuracyM: fix.optionalNumber("accuracyM"),
    satellites: wholeNumber(fix.optionalNumber("satellites")),
  };
}

function wholeNumber(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && Math.abs(value) < 2 ** 31)) return value;
  throw new ItemError("fix.satellites is not a whole number");
}

export function readZone(item: ItemReader): ReportedZone {
  return {
    externalId: item.text("id"),
    name: item.text("name"),
    shape: parseGeometry(item.raw("geometry")),
  };
}
