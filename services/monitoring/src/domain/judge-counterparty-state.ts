import { type CounterpartyStateCondition, Party, PartyState } from "@dozor/proto/monitoring/v1/condition";
import { type Judgement, type Terms, unknown } from "./judgement.ts";

/** Kontur.Focus says that the party is in one of the states. */
export function judgeCounterpartyState(condition: CounterpartyStateCondition, terms: Terms): Judgement {
  const party = condition.party === Party.LESSOR ? terms.lessor : terms.lessee;
  if (party === undefined) return unknown("no_party");
  if (!party.found) {
    const isAsked = party.identity !== "not_checked" && party.identity !== "unspecified";
    return unknown(isAsked ? "not_found" : "not_checked");
  }
  const isInOne = condition.states.some((state) => party.states.includes(PartyState[state].toLowerCase()));
  return { result: isInOne ? "violated" : "clear" };
}
