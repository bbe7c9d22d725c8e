import { type CounterpartyIdentityCondition, Party } from "@dozor/proto/monitoring/v1/condition";
import { type Judgement, type Terms, unknown } from "./judgement.ts";

/** The INN and the OGRN of the party belong to different companies. */
export function judgeCounterpartyIdentity(condition: CounterpartyIdentityCondition, terms: Terms): Judgement {
  const party = condition.party === Party.LESSOR ? terms.lessor : terms.lessee;
  if (party === undefined) return unknown("no_party");
  switch (party.identity) {
    case "conflict":
    case "predecessor_or_successor":
      return { result: "violated" };
    case "match":
    case "duplicate_inn":
      return { result: "clear" };
    case "not_found":
      return unknown("not_found");
    case "incomplete":
      return unknown("identity_incomplete");
    case "invalid":
      return unknown("identity_invalid");
    default:
      return unknown("not_checked");
  }
}
