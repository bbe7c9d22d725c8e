export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** The base keeps Moscow time, which has had no summer time since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;

/** `YYYY-MM-DD` in Moscow at an instant. */
export function moscowDate(atMs: number): string {
  return new Date(atMs + MOSCOW_OFFSET_MS).toISOString().slice(0, 10);
}

/** The instant at which a date begins in Moscow. */
export function moscowMidnight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) - MOSCOW_OFFSET_MS;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
