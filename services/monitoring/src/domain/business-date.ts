// Business dates are calendar days of the company's time zone, written YYYY-MM-DD. They compare as texts.

/** The business date on which an instant falls. */
export function businessDateOf(instant: Date, timeZone: string): string {
  return formatterOf(timeZone).format(instant);
}

/** The first instant of a business date. */
export function startOfBusinessDate(date: string, timeZone: string): Date {
  const utcMs = Date.parse(`${date}T00:00:00Z`);
  // The offset is asked for twice, because the first guess may lie on the other side of a change of the clocks.
  const guessMs = utcMs - offsetMs(new Date(utcMs), timeZone);
  return new Date(utcMs - offsetMs(new Date(guessMs), timeZone));
}

/** The first instant after a business date, as of which a past date is judged. */
export function endOfBusinessDate(date: string, timeZone: string): Date {
  return startOfBusinessDate(addDays(date, 1), timeZone);
}

export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Whole days from one business date to a later one; negative when it is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** Whether the text is a day that exists: 2024-02-30 does not. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  // Sweden writes dates as ISO does.
  const made = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  formatters.set(timeZone, made);
  return made;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function offsetMs(instant: Date, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  clocks.set(timeZone, clock);
  const local = Date.parse(`${clock.format(instant).replace(" ", "T")}Z`);
  return local - Math.floor(instant.getTime() / 1000) * 1000;
}
