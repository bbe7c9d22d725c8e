import type { Task } from "@dozor/proto/monitoring/v1/task";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { outcomeKeys } from "../../lib/enum-keys.ts";
import { TaskStateMark } from "../../parts/task-state-mark.tsx";
import { TimeAgo } from "../../parts/time-ago.tsx";
import classes from "./task-page.module.css";

/** What was the matter with the same asset before, and how it ended. */
export function EarlierTasks({ tasks }: { tasks: readonly Task[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.card} aria-labelledby="earlier-title">
      <h2 id="earlier-title">{t("task.earlier.title")}</h2>
      {tasks.length === 0 && <p className="muted">{t("task.earlier.none")}</p>}
      <ul className={classes.earlier}>
        {tasks.map((task) => {
          const outcome = outcomeKeys[task.outcome];
          return (
            <li key={task.taskId}>
              <Link to="/tasks/$taskId" params={{ taskId: task.taskId }}>
                № {String(task.number)}
              </Link>
              <TaskStateMark state={task.state} />
              <span className="muted">
                <TimeAgo at={task.createdAt} />
              </span>
              <span className={classes.earlierWhat}>
                {outcome
                  ? t(`common.outcome.${outcome}`)
                  : task.violations.map((each) => each.indicatorName).join(", ")}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
