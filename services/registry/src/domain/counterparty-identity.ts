import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import type { FocusKinship, FocusRecord } from "./focus-record.ts";

/** Numbers as the source gave them; empty when absent. `isValid` says that the check digits are right. */
export type GivenNumber = { value: string; isValid: boolean };

export type IdentityQuestion = {
  inn: GivenNumber;
  ogrn: GivenNumber;
  /** Every record Focus gave for either number. */
  records: readonly FocusRecord[];
};

export type IdentityAnswer = {
  identity: CounterpartyIdentity;
  /** The record the state is taken from: the one with both numbers, else the living one with the INN, else the one with the OGRN. */
  record: FocusRecord | undefined;
  /** The other company that the numbers lead to, when they lead to two. */
  other: FocusRecord | undefined;
};

/**
 * How the INN and the OGRN relate. CONFLICT may turn out to be PREDECESSOR_OR_SUCCESSOR once the kinship of the two companies is
 * known, see `withKinship`. Records never come in a promised order, and one INN may have several.
 */
export function judgeIdentity({ inn, ogrn, records }: IdentityQuestion): IdentityAnswer {
  const withInn = inn.value === "" ? [] : ordered(records.filter((record) => record.inn === inn.value));
  const withOgrn = ogrn.value === "" ? undefined : records.find((record) => record.ogrn === ogrn.value);
  const both = withInn.find((record) => record.ogrn === ogrn.value && ogrn.value !== "");
  const record = both ?? withInn[0] ?? withOgrn;
  const answer = (identity: CounterpartyIdentity, other?: FocusRecord): IdentityAnswer => ({ identity, record, other });

  if (both !== undefined) {
    return answer(withInn.length > 1 ? CounterpartyIdentity.DUPLICATE_INN : CounterpartyIdentity.MATCH);
  }
  // A number that Focus knows to be another company's settles it, even where the number beside it is no number at all.
  if (withOgrn !== undefined && inn.value !== "")
    return answer(CounterpartyIdentity.CONFLICT, withInn[0] ? withOgrn : undefined);
  if (!inn.isValid && !ogrn.isValid) {
    return answer(inn.value + ogrn.value === "" ? CounterpartyIdentity.INCOMPLETE : CounterpartyIdentity.INVALID);
  }
  if (inn.value === "" || ogrn.value === "") {
    return answer(record === undefined ? CounterpartyIdentity.NOT_FOUND : CounterpartyIdentity.INCOMPLETE);
  }
  if (withInn[0] === undefined) return answer(CounterpartyIdentity.NOT_FOUND);
  // The INN is somebody's whose OGRN is another one; who the given OGRN belongs to, nobody knows.
  return answer(ogrn.isValid ? CounterpartyIdentity.CONFLICT : CounterpartyIdentity.INVALID);
}

/** The living first, then by OGRN, so that the choice does not depend on the order of an answer. */
function ordered(records: FocusRecord[]): FocusRecord[] {
  return records.toSorted((a, b) => Number(a.dissolved) - Number(b.dissolved) || (a.ogrn < b.ogrn ? -1 : 1));
}

/** Looks for the given OGRN, or the other company's numbers, among the relatives of the companies concerned. */
export function withKinship(
  { inn, ogrn }: Pick<IdentityQuestion, "inn" | "ogrn">,
  answer: IdentityAnswer,
  kinships: readonly FocusKinship[],
): IdentityAnswer {
  if (answer.identity !== CounterpartyIdentity.CONFLICT) return answer;
  const isRelated = kinships.some((kinship) => {
    const ofInn = kinship.inn === inn.value;
    const ofOgrn = kinship.ogrn === ogrn.value;
    return kinship.relatives.some(
      (relative) => (ofInn && relative.ogrn === ogrn.value) || (ofOgrn && relative.inn === inn.value),
    );
  });
  return isRelated ? { ...answer, identity: CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR } : answer;
}
