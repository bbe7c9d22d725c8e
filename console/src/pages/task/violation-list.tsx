import type { TaskViolation } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../lib/company-time.ts";
import { useWords } from "../../lib/use-words.ts";
import { violationWords } from "../../lib/words/violation-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import { SeverityMark } from "../../parts/severity-mark.tsx";
import classes from "./task-page.module.css";
import { useCondition } from "./use-condition.ts";

type ListProps = {
  violations: readonly TaskViolation[];
  chosen: string | undefined;
  onChoose: (indicatorId: string) => void;
};

/** Every violated indicator as a sentence; choosing one shows its evidence below. */
export function ViolationList({ violations, chosen, onChoose }: ListProps) {
  return (
    <ul className={classes.violations}>
      {violations.map((violation) => (
        <li key={violation.indicatorId}>
          <Item
            violation={violation}
            isChosen={violation.indicatorId === chosen}
            onChoose={() => onChoose(violation.indicatorId)}
          />
        </li>
      ))}
    </ul>
  );
}

function Item(props: { violation: TaskViolation; isChosen: boolean; onChoose: () => void }) {
  const { violation, isChosen, onChoose } = props;
  const { t } = useTranslation();
  const words = useWords();
  const { condition, isPending } = useCondition(violation);
  const date = formatDay(violation.lastBusinessDate);
  const name = violation.indicatorName || violation.indicatorKey;
  return (
    <button
      type="button"
      className={classes.violation}
      aria-pressed={isChosen}
      data-standing={violation.standing}
      onClick={onChoose}
    >
      <SeverityMark severity={violation.severity} compact />
      <span className={classes.sentence}>{isPending ? name : violationWords(violation, condition, words)}</span>
      <span className={classes.about}>
        {name}
        {violation.firstViolatedAt && ` · ${t("task.since", { at: timeWords(violation.firstViolatedAt, { t }) })}`}
        {date !== "" && ` · ${t(violation.standing ? "task.standing" : "task.gone", { date })}`}
      </span>
    </button>
  );
}
