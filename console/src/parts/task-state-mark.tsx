import type { TaskState } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { taskStateKeys } from "../lib/enum-keys.ts";
import { Mark } from "./mark.tsx";

const tones = { open: "moving", in_progress: "good", snoozed: "waiting", resolved: "quiet", closed: "quiet" } as const;

export function TaskStateMark({ state }: { state: TaskState }) {
  const { t } = useTranslation();
  const key = taskStateKeys[state];
  return key ? <Mark tone={tones[key]} text={t(`common.taskState.${key}`)} /> : null;
}
