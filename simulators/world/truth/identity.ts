import type { Counterparty } from "../entities.ts";
import { isForeignInn, isInn, isOgrn } from "../identifiers.ts";
import type { Register, RegisterRecord } from "../register.ts";

export type Identity =
  | "match"
  | "duplicate_inn"
  | "predecessor_or_successor"
  | "conflict"
  | "not_found"
  | "incomplete"
  | "invalid";

/** What the state register makes of the numbers that the base shows. */
export function identityOf(
  register: Register,
  party: Counterparty,
): { identity: Identity; record: RegisterRecord | null } {
  const innAsked = isInn(party.inn) && !isForeignInn(party.inn);
  const ogrnAsked = isOgrn(party.ogrn);
  const byInn = innAsked ? register.byInn(party.inn) : [];
  const byOgrn = ogrnAsked ? register.byOgrn(party.ogrn) : [];
  const record = recordOf(party, byInn, byOgrn);
  if (!innAsked && !ogrnAsked)
    return { identity: party.inn === "" || party.ogrn === "" ? "incomplete" : "invalid", record };
  if (record === null) return { identity: "not_found", record };
  if (byOgrn.some((one) => one.inn === party.inn)) {
    return { identity: byInn.length > 1 ? "duplicate_inn" : "match", record };
  }
  if (party.inn === "" || party.ogrn === "") return { identity: "incomplete", record };
  const related = [...byInn, ...byOgrn].some((one) =>
    [...one.predecessors, ...one.successors].some((other) => other.ogrn === party.ogrn || other.inn === party.inn),
  );
  return { identity: related ? "predecessor_or_successor" : "conflict", record };
}

/** Whose state counts: the record with both numbers, else the living one with the INN, else the first with it, else the OGRN's. */
function recordOf(party: Counterparty, byInn: RegisterRecord[], byOgrn: RegisterRecord[]): RegisterRecord | null {
  return (
    byInn.find((one) => one.ogrn === party.ogrn) ??
    byInn.find((one) => one.state !== "dissolved") ??
    byInn.toSorted((a, b) => a.ogrn.localeCompare(b.ogrn))[0] ??
    byOgrn[0] ??
    null
  );
}
