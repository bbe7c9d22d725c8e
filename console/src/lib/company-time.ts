import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** All times are shown in the company's zone, wherever the analyst sits, so that two people speak of the same hour. */
const companyZone = "Europe/Moscow";

/** protobuf's instant as a Date, to the millisecond. */
export function dateOf(at: Timestamp): Date {
  return new Date(Number(at.seconds) * 1000 + Math.floor(at.nanos / 1_000_000));
}

export function timestampOf(date: Date): Pick<Timestamp, "seconds" | "nanos"> {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}

type Wall = { year: string; month: string; day: string; hour: string; minute: string; second: string };

const wallFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: companyZone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function wallOf(date: Date): Wall {
  const wall: Wall = { year: "", month: "", day: "", hour: "", minute: "", second: "" };
  for (const { type, value } of wallFormat.formatToParts(date)) {
    if (type in wall) wall[type as keyof Wall] = value;
  }
  return wall;
}

/** "10.11.2026 14:05" in the company's zone, in both languages: no month is read for a day. */
export function formatDateTime(date: Date): string {
  const { year, month, day, hour, minute } = wallOf(date);
  return `${day}.${month}.${year} ${hour}:${minute}`;
}

/** Business date "2026-11-10" as "10.11.2026"; anything else comes back as it is. */
export function formatDay(day: string): string {
  return day.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3.$2.$1");
}

/** Business date of an instant, "2026-11-10". */
export function dayOf(date: Date): string {
  const { year, month, day } = wallOf(date);
  return `${year}-${month}-${day}`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The instant at which clocks of the company show this hour of this day. */
export function instantOf(day: string, hour: number): Date {
  return instantOfClock(`${day}T${String(hour).padStart(2, "0")}:00`);
}

/** The instant at which clocks of the company show "2026-11-10T14:05", which is what a field for day and time holds. */
export function instantOfClock(clock: string): Date {
  const asUtc = Date.parse(`${clock}:00Z`);
  return new Date(asUtc - offsetMs(new Date(asUtc - offsetMs(new Date(asUtc)))));
}

function offsetMs(at: Date): number {
  const { year, month, day, hour, minute, second } = wallOf(at);
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return wall - Math.floor(at.getTime() / 1000) * 1000;
}

export type Age = { unit: "now" } | { unit: "minutes" | "hours" | "days"; value: number };

/** Whole units between two instants, whichever came first. */
export function ageBetween(from: Date, to: Date): Age {
  const minutes = Math.floor(Math.abs(to.getTime() - from.getTime()) / 60_000);
  if (minutes < 1) return { unit: "now" };
  if (minutes < 60) return { unit: "minutes", value: minutes };
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? { unit: "hours", value: hours } : { unit: "days", value: Math.floor(hours / 24) };
}
