import { type StateCount, TaskState } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../lib/numbers.ts";
import classes from "../../parts/count-strip.module.css";
import { statesOfView, type TaskView } from "./task-list-search.ts";
import { countOf } from "./use-task-list.ts";

type Props = {
  view: TaskView;
  counts: readonly StateCount[];
  mineCount: number;
  onChange: (view: TaskView) => void;
};

const shown = ["inbox", "open", "in_progress", "snoozed", "resolved", "closed"] as const;

/** How many tasks are in each state, under the filters; each number shows its tasks. */
export function StateStrip({ view, counts, mineCount, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const countOfView = (each: TaskView) =>
    each === "inbox"
      ? mineCount + countOf(counts, TaskState.OPEN)
      : statesOfView[each].reduce((sum, state) => sum + countOf(counts, state), 0);
  const cards = view === "active" ? (["inbox", "active", ...shown.slice(1)] as const) : shown;
  return (
    <fieldset className={classes.strip} aria-label={t("tasks.strip")}>
      {cards.map((each) => (
        <button
          key={each}
          type="button"
          className={each === "inbox" ? `${classes.card} ${classes.wide}` : classes.card}
          aria-pressed={each === view}
          onClick={() => onChange(each)}
        >
          <strong>{formatCount(countOfView(each), i18n.language)}</strong>
          <span>{t(`tasks.views.${each}`)}</span>
        </button>
      ))}
    </fieldset>
  );
}
