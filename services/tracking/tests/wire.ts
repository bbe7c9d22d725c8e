import type { WireItem } from "./x-keeper-server.ts";

export const omsk = { lat: 54.9885, lon: 73.3682 };
export const vladivostok = { lat: 43.1155, lon: 131.8869 };

export function wireDevice(id: string, vin: string, installedAt: Date, more: WireItem = {}): WireItem {
  return { id, series: "invis", vin, plate: "", installedAt: installedAt.toISOString(), removedAt: null, ...more };
}

/** A contact heard at `at`, received at once unless said otherwise, without a fix. */
export function wireContact(id: string, deviceId: string, at: Date, more: WireItem = {}): WireItem {
  return { id, deviceId, contactAt: at.toISOString(), receivedAt: at.toISOString(), ...more };
}

/** A good fix of satellites. */
export function wireFix(at: Date, place: { lat: number; lon: number }, more: WireItem = {}): WireItem {
  return { fix: { at: at.toISOString(), ...place, source: "gnss", accuracyM: 10, satellites: 8, ...more } };
}

export function circle(place: { lat: number; lon: number }, radiusM: number) {
  return { type: "Circle", center: [place.lon, place.lat], radiusM };
}

/** A place so many metres north of another. */
export function north(place: { lat: number; lon: number }, metres: number) {
  return { lat: place.lat + metres / 111_195, lon: place.lon };
}
