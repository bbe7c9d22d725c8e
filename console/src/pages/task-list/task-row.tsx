import { useQuery } from "@connectrpc/connect-query";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { type Task, TaskState, TaskTransition, type TaskViolation } from "@dozor/proto/monitoring/v1/task";
import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { meansRow } from "../../lib/table-rows.ts";
import { useWords } from "../../lib/use-words.ts";
import { conditionWords } from "../../lib/words/condition-words.ts";
import { shortPartyName } from "../../lib/words/party-name.ts";
import rows from "../../parts/data-table.module.css";
import { SeverityMark } from "../../parts/severity-mark.tsx";
import { TaskStateMark } from "../../parts/task-state-mark.tsx";
import { TimeAgo } from "../../parts/time-ago.tsx";
import classes from "./task-table.module.css";

const violationsShownMax = 2;

export const TaskRow = memo(function TaskRow({ task, onClaim }: { task: Task; onClaim: (task: Task) => void }) {
  const { t } = useTranslation();
  const { regionName } = useWords();
  const navigate = useNavigate();
  const { asset } = task;
  const open = (event: React.MouseEvent) => {
    if (meansRow(event)) void navigate({ to: "/tasks/$taskId", params: { taskId: task.taskId } });
  };
  return (
    <tr onClick={open} className={rows.row}>
      <td className="number">
        <Link to="/tasks/$taskId" params={{ taskId: task.taskId }} data-task-id={task.taskId}>
          {String(task.number)}
        </Link>
      </td>
      <td>
        <SeverityMark severity={task.severity} />
      </td>
      <td>
        <Violations violations={task.violations} />
      </td>
      <td>
        <div className={rows.clip} title={asset?.description}>
          {asset?.description || t("tasks.noAsset")}
        </div>
        <div className={classes.second}>
          {asset?.plate && <span className="mono">{asset.plate}</span>}
          {(asset?.vin || asset?.serialNumber) && <span className="mono">{asset.vin || asset.serialNumber}</span>}
        </div>
      </td>
      <td>
        <div className={rows.clip} title={asset?.lessee?.name}>
          {shortPartyName(asset?.lessee?.name ?? "") || t("common.dash")}
        </div>
        <div className={classes.second}>{asset?.contract?.number}</div>
      </td>
      <td>{task.regionCode ? regionName(task.regionCode) : <span className="muted">{t("common.dash")}</span>}</td>
      <td className="nowrap number">
        <TimeAgo at={task.createdAt} bare />
      </td>
      <td>
        <Holder task={task} onClaim={onClaim} />
      </td>
    </tr>
  );
});

/** Who has the task; while nobody has it, the button that takes it. */
function Holder({ task, onClaim }: { task: Task; onClaim: (task: Task) => void }) {
  const { t } = useTranslation();
  if (task.allowedTransitions.includes(TaskTransition.CLAIM)) {
    return (
      <Button
        variant="light"
        size="compact-xs"
        aria-label={t("tasks.claimTask", { number: String(task.number) })}
        onClick={() => onClaim(task)}
      >
        {t("tasks.claim")}
      </Button>
    );
  }
  const name = task.assigneeName || task.assignee;
  return (
    <>
      <div className={rows.clip}>{name || <span className="muted">{t("tasks.unassigned")}</span>}</div>
      {task.state !== TaskState.OPEN && <TaskStateMark state={task.state} />}
    </>
  );
}

function Violations({ violations }: { violations: readonly TaskViolation[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const { data } = useQuery(IndicatorService.method.listIndicators, { includeArchived: true }, { staleTime: 60_000 });
  // What still stands first, the worst of it on top.
  const sorted = [...violations].sort((a, b) => Number(b.standing) - Number(a.standing) || b.severity - a.severity);
  const hint = (violation: TaskViolation) => {
    const condition = data?.indicators.find(({ indicatorId }) => indicatorId === violation.indicatorId)?.published
      ?.condition;
    return condition ? conditionWords(condition, words) : violation.indicatorKey;
  };
  const more = sorted.length - violationsShownMax;
  return (
    <ul className={classes.violations}>
      {sorted.slice(0, violationsShownMax).map((violation) => (
        <li key={violation.indicatorId} title={hint(violation)} data-standing={violation.standing}>
          {violation.indicatorName || violation.indicatorKey}
        </li>
      ))}
      {more > 0 && <li className="muted">{t("tasks.moreViolations", { value: more })}</li>}
    </ul>
  );
}
