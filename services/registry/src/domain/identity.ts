import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import type { FocusRecord } from "./focus-record.ts";
import { isForeignInn, isValidInn } from "./inn.ts";
import { isValidOgrn } from "./ogrn.ts";

/** Numbers as the source gave them; empty when it gave none. */
export type Numbers = { inn: string; ogrn: string };

/** The numbers worth asking Focus about. Foreign organisations are in no Russian register. */
export function askableNumbers({ inn, ogrn }: Numbers): { inn?: string; ogrn?: string } {
  return {
    ...(isValidInn(inn) && !isForeignInn(inn) ? { inn } : {}),
    ...(isValidOgrn(ogrn) ? { ogrn } : {}),
  };
}

export type FoundRecords = {
  /** Records that carry the INN. */
  byInn: readonly FocusRecord[];
  /** Records that carry the OGRN. */
  byOgrn: readonly FocusRecord[];
};

/** Whether the two numbers met different companies, so that only their predecessors and successors can explain it. */
export function needsRelatives(numbers: Numbers, found: FoundRecords): boolean {
  if (numbers.inn === "" || numbers.ogrn === "") return false;
  if (found.byInn.length + found.byOgrn.length === 0) return false;
  return !found.byOgrn.some(({ inn }) => inn === numbers.inn);
}

export type Judgement = {
  identity: CounterpartyIdentity;
  /** The record whose state counts; undefined when Focus knows neither number. */
  record: FocusRecord | undefined;
};

/**
 * How the INN and the OGRN of a counterparty relate. One INN may have several records (a living one, one registered by mistake),
 * and an OGRN may be a predecessor's, so the first record of an answer is never taken on trust.
 */
export function judgeIdentity(numbers: Numbers, found: FoundRecords): Judgement {
  const record = stateRecord(numbers, found);
  return { identity: identityOf(numbers, found, record), record };
}

function identityOf(
  numbers: Numbers,
  { byInn, byOgrn }: FoundRecords,
  record: FocusRecord | undefined,
): CounterpartyIdentity {
  const { inn, ogrn } = numbers;
  const asked = askableNumbers(numbers);
  if (asked.inn === undefined && asked.ogrn === undefined) {
    if (inn !== "" && isForeignInn(inn)) return CounterpartyIdentity.NOT_FOUND;
    return inn === "" || ogrn === "" ? CounterpartyIdentity.INCOMPLETE : CounterpartyIdentity.INVALID;
  }
  if (record === undefined) return CounterpartyIdentity.NOT_FOUND;
  if (byOgrn.some((each) => each.inn === inn)) {
    return byInn.length > 1 ? CounterpartyIdentity.DUPLICATE_INN : CounterpartyIdentity.MATCH;
  }
  if (inn === "" || ogrn === "") return CounterpartyIdentity.INCOMPLETE;
  const isRelated = [...byInn, ...byOgrn].some(({ relatives }) =>
    relatives.some((relative) => relative.ogrn === ogrn || relative.inn === inn),
  );
  return isRelated ? CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR : CounterpartyIdentity.CONFLICT;
}

/** The record with both numbers, else the living one with the INN, else the first with it, else the OGRN's. */
function stateRecord({ ogrn }: Numbers, { byInn, byOgrn }: FoundRecords): FocusRecord | undefined {
  return (
    byInn.find((record) => record.ogrn === ogrn) ??
    byInn.find((record) => !record.dissolved) ??
    byInn.toSorted((a, b) => (a.ogrn < b.ogrn ? -1 : 1))[0] ??
    byOgrn[0]
  );
}
