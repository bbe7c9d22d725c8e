import type { Reconciliation } from "@dozor/proto/monitoring/v1/reconciliation";
import type { TFunction } from "i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { differenceCount, differencesOf, outcomeOf } from "./outcome.ts";

/** "нет у мониторинга: 3; отстают: 2"; empty when nothing differs. */
export function differenceWords(reconciliation: Pick<Reconciliation, "differences">, t: TFunction, language: string) {
  return differencesOf(reconciliation)
    .map(({ kind, count }) => `${t(`reconciliations.kind.${kind}`)}: ${formatCount(count, language)}`)
    .join("; ");
}

/** What a comparison found, in a sentence. */
export function resultWords(reconciliation: Reconciliation, t: TFunction, language: string): string {
  const count = (value: bigint | number) => formatCount(value, language);
  switch (outcomeOf(reconciliation)) {
    case "running":
      return t("reconciliations.result.running");
    case "failed":
      return t("reconciliations.result.failed", { error: reconciliation.error });
    case "differing":
      return t("reconciliations.result.differing", {
        value: count(differenceCount(reconciliation)),
        differences: differenceWords(reconciliation, t, language),
        repaired: count(reconciliation.repairedCount),
      });
    default:
      return t("reconciliations.result.equal", {
        assets: count(reconciliation.assetCount),
        ranges: count(reconciliation.rangeCount),
      });
  }
}
