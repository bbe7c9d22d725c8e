import { type StateCount, TaskState } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { CountStrip } from "../../parts/count-strip.tsx";
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
  const { t } = useTranslation();
  const countOfView = (each: TaskView) =>
    each === "inbox"
      ? mineCount + countOf(counts, TaskState.OPEN)
      : statesOfView[each].reduce((sum, state) => sum + countOf(counts, state), 0);
  const views = view === "active" ? (["inbox", "active", ...shown.slice(1)] as const) : shown;
  const cards = views.map((each) => ({
    key: each,
    count: countOfView(each),
    label: t(`tasks.views.${each}`),
    pressed: each === view,
    wide: each === "inbox",
    onPress: () => onChange(each),
  }));
  return <CountStrip label={t("tasks.strip")} cards={cards} />;
}
