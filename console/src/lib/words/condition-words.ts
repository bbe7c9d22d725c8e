import { type Condition, Membership, Party } from "@dozor/proto/monitoring/v1/condition";
import { partyStateKeys } from "../enum-keys.ts";
import { formatCount, formatDistance } from "../numbers.ts";
import type { WordsContext } from "./words-context.ts";

/** What an indicator asks of every asset, in a few words: kind and parameters, no evidence. */
export function conditionWords(condition: Condition, words: WordsContext): string {
  const { t, language, regionName } = words;
  const { kind } = condition;
  switch (kind.case) {
    case undefined:
      return "";
    case "noContact":
      return t("words.condition.noContact", { days: kind.value.days });
    case "noFix":
      return t(kind.value.gnssOnly ? "words.condition.noFixGnss" : "words.condition.noFix", { days: kind.value.days });
    case "zone": {
      const value = formatCount(kind.value.zoneIds.length, language);
      const isIn = kind.value.membership === Membership.IN;
      return t(isIn ? "words.condition.zoneIn" : "words.condition.zoneNotIn", { value });
    }
    case "region": {
      const { membership, regionCodes, agreedRegion } = kind.value;
      if (agreedRegion && regionCodes.length === 0) return t("words.condition.regionAgreed");
      const regions = regionCodes.map(regionName).join(", ");
      return t(membership === Membership.IN ? "words.condition.regionIn" : "words.condition.regionNotIn", { regions });
    }
    case "agreedLocation":
      return t("words.condition.agreedLocation");
    case "trackerMissing":
      return t("words.condition.trackerMissing", { days: kind.value.graceDays });
    case "trackersDisagree":
      return t("words.condition.trackersDisagree", { km: formatDistance(kind.value.distanceKm, language) });
    case "mileage":
      return t("words.condition.mileage", { percent: formatCount(kind.value.percent, language) });
    case "counterpartyState": {
      const keys = kind.value.states.map((state) => partyStateKeys[state]).filter((key) => key !== undefined);
      const states = keys.map((key) => t(`words.partyState.${key}`)).join(", ");
      return t("words.condition.counterpartyState", { party: partyWord(kind.value.party, words), states });
    }
    case "counterpartyIdentity":
      return t("words.condition.counterpartyIdentity", { party: partyWord(kind.value.party, words) });
    default:
      return kind satisfies never;
  }
}

export function partyWord(party: Party, { t }: Pick<WordsContext, "t">): string {
  return t(party === Party.LESSOR ? "words.party.lessor" : "words.party.lessee");
}
