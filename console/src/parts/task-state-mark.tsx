import type { TaskState } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { taskStateKeys } from "../lib/enum-keys.ts";
import classes from "./marks.module.css";

export function TaskStateMark({ state }: { state: TaskState }) {
  const { t } = useTranslation();
  const key = taskStateKeys[state];
  if (!key) return null;
  return (
    <span className={classes.state} data-task-state={key}>
      {t(`common.taskState.${key}`)}
    </span>
  );
}
