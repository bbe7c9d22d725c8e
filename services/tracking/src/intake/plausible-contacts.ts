import type { Queryable } from "@dozor/runtime/database";
import type { RefusedItem, ReportedContact } from "../domain/provider-report.ts";
import { monthOf, partitionedMonths } from "../store/partitions.ts";
import { placeOf } from "./ingest-contacts.ts";

const futureMaxMs = 31 * 86_400_000;
const earliestMs = Date.UTC(2010, 0, 1);

/** A contact years away from now says nothing but that a clock is wrong; its fix may still be right in time, but nobody can say when it was told. */
export function separateContacts(items: readonly ReportedContact[], now: Date) {
  const usable: ReportedContact[] = [];
  const implausible: RefusedItem[] = [];
  for (const item of items) {
    const atMs = item.at.getTime();
    if (atMs >= earliestMs && atMs <= now.getTime() + futureMaxMs) usable.push(item);
    else
      implausible.push({
        externalId: item.externalId,
        reason: `contactAt ${item.at.toISOString()} cannot be`,
        raw: JSON.stringify(item),
        isWhole: false,
        isKept: false,
      });
  }
  return { usable, implausible };
}

/** Months of these contacts and their fixes for which there is no partition yet. */
export async function missingMonths(sql: Queryable, contacts: readonly ReportedContact[], now: Date) {
  const instants = contacts.flatMap((contact) => [contact.at, placeOf(contact, now)?.placedAt ?? contact.at]);
  const months = new Set(instants.map(monthOf).filter((month) => month !== undefined));
  if (months.size === 0) return [];
  const known = await partitionedMonths(sql);
  return [...months].filter((month) => !known.has(month));
}
