import { useTranslation } from "react-i18next";
import { CountStrip } from "../../../parts/count-strip.tsx";
import { ruleWords } from "./finding-words.ts";

type Props = {
  /** Whatever the rule chosen; undefined as long as they are not known. */
  counts: Readonly<Record<string, bigint>> | undefined;
  chosen: string | undefined;
  onChoose: (rule: string | undefined) => void;
};

/** How many findings each rule has under the filters, most first; each number shows its findings. */
export function RuleStrip({ counts, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const known = Object.entries(counts ?? {}).sort(([, a], [, b]) => Number(b - a));
  // A rule that was chosen stays, so that the way back is where the way there was.
  const rows = chosen !== undefined && counts?.[chosen] === undefined ? [...known, [chosen, 0n] as const] : known;
  const whole = counts && known.reduce((sum, [, count]) => sum + count, 0n);
  const cards = [
    {
      key: "",
      count: whole,
      label: t("findings.allRules"),
      pressed: chosen === undefined,
      onPress: () => onChoose(undefined),
    },
    ...rows.map(([rule, count]) => ({
      key: rule,
      count,
      label: ruleWords(rule, t),
      pressed: chosen === rule,
      onPress: () => onChoose(rule),
    })),
  ];
  return <CountStrip label={t("findings.strip")} cards={cards} />;
}
