import type { SummaryRow } from "@dozor/proto/monitoring/v1/report";
import { assetKindKeys, type DimensionKey, taskStateKeys } from "../../lib/enum-keys.ts";
import { shortPartyName } from "../../lib/words/party-name.ts";
import type { WordsContext } from "../../lib/words/words-context.ts";
import { noValueKey } from "./report-links.ts";

const watchReasons = [
  "watched",
  "asset_deleted",
  "no_nomenclature",
  "kind_not_watched",
  "no_contract",
  "contract_deleted",
  "contract_not_active",
  "contract_not_started",
  "contract_ended",
  "asset_returned",
] as const;

/** What a row of the report is called: the name that came with it, else its code in words. */
export function rowName(
  by: DimensionKey,
  { key, label }: Pick<SummaryRow, "key" | "label">,
  words: WordsContext,
): string {
  const { t, regionName } = words;
  if (label !== "") return by === "lessor" || by === "lessee" ? shortPartyName(label) : label;
  if (key === noValueKey || key === "") return t(by === "assignee" ? "report.nobody" : "report.noValue");
  const kind = Object.values(assetKindKeys).find((each) => each === key);
  const state = Object.values(taskStateKeys).find((each) => each === key);
  if (by === "kind" && kind) return t(`common.assetKind.${kind}`);
  if (by === "task_state" && state) return t(`common.taskState.${state}`);
  if (by === "watch_reason") return watchReasonName(key, words);
  return by === "region" ? regionName(key) : key;
}

export function watchReasonName(reason: string, { t }: Pick<WordsContext, "t">): string {
  const known = watchReasons.find((each) => each === reason);
  return known ? t(`report.watchReason.${known}`) : reason;
}
