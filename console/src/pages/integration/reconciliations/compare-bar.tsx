import { Button, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import { OutcomeMark } from "./outcome-mark.tsx";
import own from "./reconciliations.module.css";
import type { ReconciliationsSearch } from "./reconciliations-search.ts";
import { resultWords } from "./result-words.ts";
import type { CompareNow } from "./use-compare-now.ts";

type Props = {
  search: ReconciliationsSearch;
  onChange: (search: ReconciliationsSearch) => void;
  compareNow: CompareNow;
  isRefreshing: boolean;
  onRefresh: () => void;
};

/** Which comparisons are shown, and the two kinds that can be made now. Who may see them may make them as well. */
export function CompareBar({ search, onChange, compareNow, isRefreshing, onRefresh }: Props) {
  const { t } = useTranslation();
  const { comparing } = compareNow;
  return (
    <>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("reconciliations.shown.label")}
          value={search.troubled ? "troubled" : "all"}
          data={(["all", "troubled"] as const).map((value) => ({ value, label: t(`reconciliations.shown.${value}`) }))}
          onChange={(value) => onChange(value === "troubled" ? { troubled: true } : {})}
        />
        <span className={classes.spring} />
        {(["quick", "thorough"] as const).map((kind) => (
          <VerbButton
            key={kind}
            label={t(`reconciliations.compare.${kind}`)}
            refusal={comparing !== undefined && comparing !== kind ? t("reconciliations.compare.busy") : undefined}
            primary={kind === "quick"}
            busy={comparing === kind}
            onClick={() => void compareNow.compare(kind)}
          />
        ))}
        <Button variant="default" loading={isRefreshing} onClick={onRefresh}>
          {t("tasks.refresh")}
        </Button>
      </div>
      <CompareResult compareNow={compareNow} />
    </>
  );
}

function CompareResult({ compareNow: { comparing, result } }: { compareNow: CompareNow }) {
  const { t, i18n } = useTranslation();
  // The region stands there before it says anything, so that a screen reader hears what comes into it.
  return (
    <div role="status">
      {comparing && <p className={own.result}>{t(`reconciliations.compare.goesOn.${comparing}`)}</p>}
      {result && (
        <p className={own.result}>
          <OutcomeMark reconciliation={result} />
          <span>{resultWords(result, t, i18n.language)}</span>
        </p>
      )}
    </div>
  );
}
