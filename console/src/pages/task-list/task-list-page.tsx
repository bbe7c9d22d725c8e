import { Code, ConnectError } from "@connectrpc/connect";
import { useMutation } from "@connectrpc/connect-query";
import { type Task, TaskService, TaskTransition } from "@dozor/proto/monitoring/v1/task";
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../lib/numbers.ts";
import { useShortcuts } from "../../lib/use-shortcuts.ts";
import { errorKey } from "../../lib/words/error-words.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { LiveMark } from "../../parts/live-mark.tsx";
import { LoadMore } from "../../parts/load-more.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { useNotify } from "../../parts/notices.tsx";
import { StatePanel } from "../../parts/state-panel.tsx";
import { StateStrip } from "./state-strip.tsx";
import { TaskFilters } from "./task-filters.tsx";
import classes from "./task-list-page.module.css";
import { isNarrowed, type TaskListSearch } from "./task-list-search.ts";
import { rememberOrder } from "./task-order.ts";
import { TaskTable } from "./task-table.tsx";
import { changesShownMax, type TaskChanges, useTaskChanges } from "./use-task-changes.ts";
import { mineShownMax, type TaskList, useTaskList } from "./use-task-list.ts";

/** The inbox: what is mine and what is free, most severe and oldest first. */
export function TaskListPage() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: "/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  const list = useTaskList(search);
  const changes = useTaskChanges(search);
  const claim = useClaim(list, changes);
  const searchBox = useRef<HTMLInputElement>(null);
  const view = search.view ?? "inbox";
  const change = (next: TaskListSearch) => void navigate({ search: next, replace: true });
  const refresh = () => {
    changes.settle();
    list.refresh();
  };
  useShortcuts({ search: () => searchBox.current?.focus(), refresh });
  const rows = list.mine.length + list.tasks.length;
  useEffect(() => rememberOrder([...list.mine, ...list.tasks].map(({ taskId }) => taskId)));
  // Nothing stands where news would push it away, so that there is nothing to wait for.
  useEffect(() => {
    if (rows > 0 || changes.changedCount === 0 || list.isRefreshing) return;
    changes.settle();
    list.refresh();
  });

  return (
    <>
      <div className={classes.head}>
        <h1>{t("tasks.title")}</h1>
        <LiveMark state={changes.watch} />
        <RefreshButton changedCount={changes.changedCount} isRefreshing={list.isRefreshing} onRefresh={refresh} />
      </div>
      <StateStrip
        view={view}
        counts={changes.counts ?? list.counts}
        mineCount={list.mineCount}
        onChange={(next) => change({ ...search, view: next })}
      />
      <TaskFilters search={search} searchBox={searchBox} onChange={change} />
      {list.error && <ErrorPanel error={list.error} onRetry={refresh} />}
      {list.isPending && !list.error && <LoadingRows rows={12} />}
      {!list.isPending && rows === 0 && !list.error && (
        <NothingToShow search={search} onClear={() => change(search.view ? { view: search.view } : {})} />
      )}
      {rows > 0 && (
        <TaskTable
          groups={[
            {
              id: "mine",
              title: t("tasks.mine", { count: list.mineCount }),
              tasks: list.mine,
              note:
                list.mineCount > mineShownMax
                  ? t("tasks.mineFull", { value: formatCount(mineShownMax, i18n.language) })
                  : undefined,
            },
            { id: "rest", title: view === "inbox" ? t("tasks.free") : undefined, tasks: list.tasks },
          ]}
          onClaim={claim}
        />
      )}
      {list.more && <LoadMore onMore={list.more} />}
    </>
  );
}

function useClaim(list: TaskList, changes: TaskChanges): (task: Task) => void {
  const { t } = useTranslation();
  const notify = useNotify();
  const claimTask = useMutation(TaskService.method.claimTask);
  return (task) => {
    const number = String(task.number);
    if (!task.allowedTransitions.includes(TaskTransition.CLAIM)) return notify("failed", t("tasks.notAllowed"));
    changes.expect(task.taskId);
    claimTask.mutate(
      { taskId: task.taskId, version: task.version },
      {
        onSuccess: (answer) => {
          if (answer.task) list.replace(answer.task);
          notify("done", t("tasks.claimed", { number }));
        },
        onError: (error) => {
          const why = t(`common.error.${errorKey(error)}`);
          notify("failed", `${t("tasks.claimFailed", { number })}. ${why}`);
          // Somebody was faster; the row should say who.
          if (ConnectError.from(error).code === Code.Aborted) list.refresh();
        },
      },
    );
  };
}

function RefreshButton(props: { changedCount: number; isRefreshing: boolean; onRefresh: () => void }) {
  const { t, i18n } = useTranslation();
  const { changedCount: count } = props;
  const many = t("tasks.refreshMany", { value: formatCount(changesShownMax, i18n.language) });
  const some = count > changesShownMax ? many : t("tasks.refreshCount", { count });
  return (
    <div className={classes.refresh} role="status">
      <Button variant={count > 0 ? "filled" : "default"} loading={props.isRefreshing} onClick={props.onRefresh}>
        {count > 0 ? some : t("tasks.refresh")}
      </Button>
    </div>
  );
}

function NothingToShow({ search, onClear }: { search: TaskListSearch; onClear: () => void }) {
  const { t } = useTranslation();
  if (isNarrowed(search)) {
    return (
      <StatePanel title={t("tasks.noMatch.title")} text={t("tasks.noMatch.text")}>
        <Button variant="default" onClick={onClear}>
          {t("tasks.clear")}
        </Button>
      </StatePanel>
    );
  }
  const key = search.view ? "emptyView" : "empty";
  return <StatePanel title={t(`tasks.${key}.title`)} text={t(`tasks.${key}.text`)} />;
}
