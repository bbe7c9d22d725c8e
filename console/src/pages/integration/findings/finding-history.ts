import {
  type Finding,
  FindingAction,
  type FindingChange,
  FindingState,
} from "@dozor/proto/integration/v1/data_quality";
import type { TFunction } from "i18next";
import type { HistoryEvent } from "../../../parts/history.tsx";
import { resolutionKeys } from "../integration-keys.ts";
import { findingWords } from "./finding-words.ts";

/** Every change of a finding in words, oldest first: who, what and why; of new evidence what it says. */
export function findingHistory(
  changes: readonly FindingChange[],
  { rule }: Pick<Finding, "rule">,
  t: TFunction,
): HistoryEvent[] {
  return changes.map((change, i) => {
    const { version, at, actor, reason, evidenceJson } = change;
    const tone = toneOf(change);
    return {
      key: String(version),
      at,
      who: actor || t("findings.history.rule"),
      what: changeWords(change, changes[i - 1]?.state, t),
      note: reason || (evidenceJson && (findingWords({ rule, evidenceJson }, t) ?? evidenceJson)),
      ...(tone && { tone }),
    };
  });
}

function changeWords(change: FindingChange, before: FindingState | undefined, t: TFunction): string {
  const { action, state, owner, actor, resolution } = change;
  switch (action) {
    case FindingAction.FOUND:
      return t("findings.history.found");
    case FindingAction.CHANGED: {
      const isOpenedByIt = before === FindingState.SETTLED && state === FindingState.OPEN;
      return t(isOpenedByIt ? "findings.history.changedAndOpened" : "findings.history.changed");
    }
    case FindingAction.GONE:
      return t("findings.history.gone");
    case FindingAction.ASSIGNED:
      if (owner === "") return t("findings.history.released");
      return owner === actor ? t("findings.history.taken") : t("findings.history.assigned", { owner });
    case FindingAction.SETTLED: {
      const key = resolutionKeys[resolution];
      return t("findings.history.settled", { resolution: key ? t(`findings.resolution.${key}`) : t("common.dash") });
    }
    case FindingAction.REOPENED:
      return t("findings.history.reopened");
    case FindingAction.UNSPECIFIED:
      return t("common.dash");
    default:
      return action satisfies never;
  }
}

function toneOf({ action }: FindingChange): HistoryEvent["tone"] {
  if (action === FindingAction.SETTLED || action === FindingAction.GONE) return "good";
  return action === FindingAction.ASSIGNED ? undefined : "bad";
}
