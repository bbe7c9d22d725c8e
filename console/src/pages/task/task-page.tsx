import type { GetTaskResponse, Task } from "@dozor/proto/monitoring/v1/task";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../lib/use-shortcuts.ts";
import type { WatchState } from "../../lib/use-watch.ts";
import { ConflictNotice } from "../../parts/conflict-notice.tsx";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { History } from "../../parts/history.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { neighbours, rememberOpened } from "../task-list/task-order.ts";
import { AssetCard } from "./asset-card.tsx";
import { CommentBox } from "./comment-box.tsx";
import { EarlierTasks } from "./earlier-tasks.tsx";
import { EvidencePanel } from "./evidence-panel.tsx";
import { TaskActionBar } from "./task-action-bar.tsx";
import { TaskHeader } from "./task-header.tsx";
import { taskHistory } from "./task-history.ts";
import classes from "./task-page.module.css";
import { useTask } from "./use-task.ts";
import { useTaskActions } from "./use-task-actions.ts";
import { ViolationList } from "./violation-list.tsx";

/** One task: what is wrong and on what evidence, what was done about it, and what may be done next. */
export function TaskPage() {
  const { taskId } = useParams({ from: "/tasks/$taskId" });
  const { query, watch, reload } = useTask(taskId);
  useEffect(() => rememberOpened(taskId), [taskId]);
  useTaskNavigation(taskId);
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data?.task) return <LoadingRows rows={10} height={56} />;
  return <TaskView key={taskId} task={query.data.task} found={query.data} watch={watch} reload={reload} />;
}

type ViewProps = { task: Task; found: GetTaskResponse; watch: WatchState; reload: () => Promise<unknown> };

function TaskView({ task, found, watch, reload }: ViewProps) {
  const { t } = useTranslation();
  const actions = useTaskActions(task, found.events, reload);
  const [chosen, setChosen] = useState<string>();
  const sorted = [...task.violations].sort(
    (a, b) => Number(b.standing) - Number(a.standing) || b.severity - a.severity,
  );
  const shown = sorted.find(({ indicatorId }) => indicatorId === chosen) ?? sorted[0];
  const names = new Map(task.violations.map(({ indicatorKey, indicatorName }) => [indicatorKey, indicatorName]));
  useEffect(() => {
    document.title = `${t("task.title", { number: String(task.number) })} · ${t("common.appName")}`;
    return () => {
      document.title = t("common.appName");
    };
  }, [task.number, t]);
  return (
    <>
      <TaskHeader task={task} watch={watch} />
      <TaskActionBar task={task} actions={actions} />
      {actions.conflict && (
        <ConflictNotice
          title={t("task.conflict.title")}
          note={t("task.conflict.nothing")}
          events={taskHistory(actions.conflict, t)}
          onDismiss={actions.dismissConflict}
        />
      )}
      <div className={classes.columns}>
        <div>
          <section className={classes.card} aria-labelledby="violations-title">
            <h2 id="violations-title">{t("task.violations")}</h2>
            <ViolationList violations={sorted} chosen={shown?.indicatorId} onChoose={setChosen} />
            {shown && <EvidencePanel key={shown.indicatorId} violation={shown} />}
          </section>
          <section className={classes.card} aria-labelledby="history-title">
            <h2 id="history-title">{t("task.history.title")}</h2>
            <History events={taskHistory(found.events, t, (key) => names.get(key) || key)} />
            <CommentBox task={task} actions={actions} />
          </section>
        </div>
        <aside>
          <AssetCard asset={task.asset} />
          <EarlierTasks tasks={found.earlierTasks} />
        </aside>
      </div>
    </>
  );
}

/** Next and previous keep the order of the list that the person came from; Esc goes back to it. */
function useTaskNavigation(taskId: string): void {
  const navigate = useNavigate();
  const open = (id: string | undefined) => {
    if (id !== undefined) void navigate({ to: "/tasks/$taskId", params: { taskId: id } });
  };
  useShortcuts({
    next: () => open(neighbours(taskId).next),
    previous: () => open(neighbours(taskId).previous),
    back: () => (window.history.length > 1 ? window.history.back() : void navigate({ to: "/tasks" })),
  });
}
