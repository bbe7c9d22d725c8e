import { type Task, TaskOutcome } from "@dozor/proto/monitoring/v1/task";
import { Button, CopyButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { outcomeKeys } from "../../lib/enum-keys.ts";
import type { WatchState } from "../../lib/use-watch.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import { LiveMark } from "../../parts/live-mark.tsx";
import { SeverityMark } from "../../parts/severity-mark.tsx";
import { TaskStateMark } from "../../parts/task-state-mark.tsx";
import { TimeAgo } from "../../parts/time-ago.tsx";
import { neighbours } from "../task-list/task-order.ts";
import classes from "./task-page.module.css";

export function TaskHeader({ task, watch }: { task: Task; watch: WatchState }) {
  const { t } = useTranslation();
  const { previous, next } = neighbours(task.taskId);
  const outcome = outcomeKeys[task.outcome];
  const holder = task.assigneeName || task.assignee || t("tasks.unassigned");
  return (
    <header className={classes.header}>
      <div className={classes.crumbs}>
        <Link to="/tasks">← {t("task.backToList")}</Link>
        {previous && (
          <Link to="/tasks/$taskId" params={{ taskId: previous }}>
            {t("task.previous")}
          </Link>
        )}
        {next && (
          <Link to="/tasks/$taskId" params={{ taskId: next }}>
            {t("task.next")}
          </Link>
        )}
        <span className={classes.spring} />
        <LiveMark state={watch} />
        <CopyButton value={location.href}>
          {({ copied, copy }) => (
            <Button variant="subtle" size="compact-xs" onClick={copy}>
              {copied ? t("task.linkCopied") : t("task.copyLink")}
            </Button>
          )}
        </CopyButton>
      </div>
      <h1>
        <span className={classes.number}>{t("task.title", { number: String(task.number) })}</span>
        {task.asset?.description || t("tasks.noAsset")}
      </h1>
      <div className={classes.facts}>
        <SeverityMark severity={task.severity} />
        <TaskStateMark state={task.state} />
        {task.snoozedUntil && <span>{t("task.snoozedUntil", { at: timeWords(task.snoozedUntil, { t }) })}</span>}
        {task.outcome !== TaskOutcome.UNSPECIFIED && outcome && <strong>{t(`common.outcome.${outcome}`)}</strong>}
        <span>
          <span className="muted">{t("task.assignee")}:</span> {holder}
        </span>
        {task.asset?.plate && <span className="mono">{task.asset.plate}</span>}
        {task.asset?.vin && <span className="mono">{task.asset.vin}</span>}
        <span className="muted">
          <TimeAgo at={task.createdAt} />
        </span>
      </div>
    </header>
  );
}
