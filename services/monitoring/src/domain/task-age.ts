import { daysBetween } from "./business-date.ts";

export const ageBuckets = ["0-1", "2-7", "8-30", "31+"] as const;
export type AgeBucket = (typeof ageBuckets)[number];

/** The report's bucket of a task by the days since its creation. */
export function ageBucket(createdOn: string, date: string): AgeBucket {
  const days = daysBetween(createdOn, date);
  if (days <= 1) return "0-1";
  if (days <= 7) return "2-7";
  return days <= 30 ? "8-30" : "31+";
}

/** Creation dates of a bucket, both ends included; undefined where it has no end. */
export function createdOnOf(bucket: AgeBucket): { daysMin: number; daysMax: number | undefined } {
  switch (bucket) {
    case "0-1":
      return { daysMin: -1, daysMax: 1 };
    case "2-7":
      return { daysMin: 2, daysMax: 7 };
    case "8-30":
      return { daysMin: 8, daysMax: 30 };
    case "31+":
      return { daysMin: 31, daysMax: undefined };
  }
}
