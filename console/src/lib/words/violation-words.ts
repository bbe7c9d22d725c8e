import { type Condition, Membership, type Party } from "@dozor/proto/monitoring/v1/condition";
import type { TaskViolation } from "@dozor/proto/monitoring/v1/task";
import type { Evidence } from "@dozor/proto/monitoring/v1/verdict";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { formatDay } from "../company-time.ts";
import { formatCount, formatDays, formatDistance } from "../numbers.ts";
import { partyWord } from "./condition-words.ts";
import { listWords } from "./list-words.ts";
import { shortPartyName } from "./party-name.ts";
import { timeWords, type WordsContext } from "./words-context.ts";

/**
 * One violated indicator as a sentence that says what was measured, what the limit was and on what it rests.
 * Without the condition (an old version that nobody can load) it falls back to the indicator's name and its numbers.
 */
export function violationWords(
  violation: TaskViolation,
  condition: Condition | undefined,
  words: WordsContext,
): string {
  const evidence = violation.verdict?.evidence;
  const kind = condition?.kind;
  if (!evidence || !kind?.case) return bareWords(violation, evidence, words);
  switch (kind.case) {
    case "noContact":
      return silenceWords("noContact", evidence, words);
    case "noFix":
      return silenceWords("noFix", evidence, words);
    case "zone":
      return zoneWords(kind.value.membership, evidence, words);
    case "region":
      return regionWords(kind.value, evidence, words);
    case "agreedLocation":
      return agreedLocationWords(evidence, words);
    case "trackerMissing":
      return trackerMissingWords(evidence, words);
    case "trackersDisagree": {
      const devices = (evidence.facts?.devices ?? []).filter(({ lastFix }) => lastFix).map(({ deviceId }) => deviceId);
      return words.t("words.violation.trackersDisagree", {
        ...distances(evidence, words),
        devices: devices.join(", "),
      });
    }
    case "mileage":
      return mileageWords(evidence, words);
    case "counterpartyState":
      return partyStateWords(kind.value.party, evidence, words);
    case "counterpartyIdentity":
      return identityWords(kind.value.party, evidence, words);
    default:
      return kind satisfies never;
  }
}

function bareWords(violation: TaskViolation, evidence: Evidence | undefined, words: WordsContext): string {
  const name = violation.indicatorName || violation.indicatorKey;
  if (evidence?.measured === undefined || evidence.limit === undefined)
    return words.t("words.violation.bare", { name });
  return words.t("words.violation.measured", { name, ...distances(evidence, words) });
}

function silenceWords(kind: "noContact" | "noFix", evidence: Evidence, words: WordsContext): string {
  const { t, language } = words;
  const measured = formatDays(evidence.measured ?? 0, language);
  const limit = formatDays(evidence.limit ?? 0, language);
  const devices = evidence.facts?.devices ?? [];
  const heard = newest(devices.map((device) => (kind === "noContact" ? device.lastContactAt : device.lastFix?.at)));
  if (heard) return t(`words.violation.${kind}`, { measured, limit, at: timeWords(heard, words) });
  const installed = newest(devices.map(({ installedAt }) => installedAt));
  if (installed) return t(`words.violation.${kind}Never`, { measured, limit, at: timeWords(installed, words) });
  return t(`words.violation.${kind}Bare`, { measured, limit });
}

function zoneWords(membership: Membership, evidence: Evidence, words: WordsContext): string {
  const { t } = words;
  const zones = listWords(
    evidence.zoneNames.map((name) => `«${name}»`),
    words,
  );
  if (membership === Membership.NOT_IN) {
    const at = evidence.facts?.zonePosition?.at;
    return at
      ? t("words.violation.zoneNotIn", { zones, at: timeWords(at, words) })
      : t("words.violation.zoneNotInBare", { zones });
  }
  const since = evidence.facts?.zones[0]?.since;
  return since
    ? t("words.violation.zoneIn", { zones, since: timeWords(since, words) })
    : t("words.violation.zoneInBare", { zones });
}

function regionWords(
  { membership, agreedRegion }: { membership: Membership; agreedRegion: boolean },
  evidence: Evidence,
  words: WordsContext,
): string {
  const { t, regionName } = words;
  const fix = evidence.facts?.regionPosition;
  const region = fix?.regionCode ? regionName(fix.regionCode) : t("words.noRegion");
  const at = fix?.at ? timeWords(fix.at, words) : t("common.dash");
  if (membership === Membership.IN) return t("words.violation.regionIn", { region, at });
  const agreedCode = evidence.agreed?.regionCode ?? "";
  if (!agreedRegion || agreedCode === "") return t("words.violation.regionNotIn", { region, at });
  return t("words.violation.regionAgreed", { region, at, agreed: regionName(agreedCode) });
}

function agreedLocationWords(evidence: Evidence, words: WordsContext): string {
  const at = positionOf(evidence.facts)?.at;
  return at
    ? words.t("words.violation.agreedLocation", { ...distances(evidence, words), at: timeWords(at, words) })
    : words.t("words.violation.agreedLocationBare", distances(evidence, words));
}

function trackerMissingWords(evidence: Evidence, { t, language }: WordsContext): string {
  const measured = formatDays(evidence.measured ?? 0, language);
  const limit = formatDays(evidence.limit ?? 0, language);
  const handover = evidence.agreed?.handoverDate ?? "";
  return handover === ""
    ? t("words.violation.trackerMissingBare", { measured, limit })
    : t("words.violation.trackerMissing", { measured, limit, handover: formatDay(handover) });
}

function mileageWords(evidence: Evidence, words: WordsContext): string {
  const { t, language } = words;
  const mileage = evidence.facts?.mileage;
  const plan = evidence.agreed?.plannedMileageKmPerYear;
  const numbers = {
    measured: formatCount(Math.round(evidence.measured ?? 0), language),
    limit: formatCount(Math.round(evidence.limit ?? 0), language),
  };
  if (!mileage?.firstAt || !mileage.lastAt || plan === undefined) return t("words.violation.mileageBare", numbers);
  return t("words.violation.mileage", {
    ...numbers,
    plan: formatCount(Math.round(plan), language),
    from: timeWords(mileage.firstAt, words),
    to: timeWords(mileage.lastAt, words),
  });
}

function partyStateWords(party: Party, { party: found }: Evidence, words: WordsContext): string {
  const { t } = words;
  const known = ["dissolved", "dissolving", "reorganizing", "bankrupting"] as const;
  const states = known
    .filter((state) => found?.states.includes(state))
    .map((state) => t(`words.partyState.${state}`))
    .join(", ");
  const subject = {
    party: partyWord(party, words),
    name: shortPartyName(found?.name ?? ""),
    inn: found?.inn ?? "",
    states,
  };
  if (!found?.checkedAt || found.focusStatusText === "") return t("words.violation.counterpartyStateBare", subject);
  const at = timeWords(found.checkedAt, words);
  return t("words.violation.counterpartyState", { ...subject, at, text: found.focusStatusText });
}

function identityWords(party: Party, { party: found }: Evidence, words: WordsContext): string {
  const successor = found?.identity === "predecessor_or_successor";
  return words.t(successor ? "words.violation.identitySuccessor" : "words.violation.identityConflict", {
    party: partyWord(party, words),
    name: shortPartyName(found?.name ?? ""),
    inn: found?.inn ?? "",
    ogrn: found?.ogrn ?? "",
  });
}

function distances(evidence: Evidence, { language }: WordsContext): { measured: string; limit: string } {
  return {
    measured: formatDistance(evidence.measured ?? 0, language),
    limit: formatDistance(evidence.limit ?? 0, language),
  };
}

/** The fix that a decision about a place rested on: one good enough for zones, else the newest plausible one. */
export function positionOf(facts: AssetFacts | undefined): AssetFacts["zonePosition"] {
  return facts?.zonePosition ?? facts?.regionPosition ?? facts?.devices.find(({ lastFix }) => lastFix)?.lastFix;
}

function newest<T extends { seconds: bigint }>(instants: readonly (T | undefined)[]): T | undefined {
  return instants.reduce<T | undefined>(
    (best, each) => (each && (!best || each.seconds > best.seconds) ? each : best),
    undefined,
  );
}
