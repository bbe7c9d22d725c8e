import { type Task, TaskState, TaskTransition } from "@dozor/proto/monitoring/v1/task";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { taskStateKeys, transitionKeys } from "../../lib/enum-keys.ts";
import { useShortcuts } from "../../lib/use-shortcuts.ts";
import { VerbButton } from "../../parts/verb-button.tsx";
import { AssignDialog } from "./assign-dialog.tsx";
import { ReopenDialog } from "./reopen-dialog.tsx";
import { ResolveDialog } from "./resolve-dialog.tsx";
import { SnoozeDialog } from "./snooze-dialog.tsx";
import classes from "./task-page.module.css";
import type { TaskActions } from "./use-task-actions.ts";

type Dialog = "snooze" | "resolve" | "assign" | "reopen";

const { CLAIM, RELEASE, ASSIGN, SNOOZE, RESOLVE, REOPEN, CLOSE } = TaskTransition;
/** What each state leads to, worth a button there; whether this person may is the server's answer. */
const offered: Record<TaskState, readonly Exclude<TaskTransition, TaskTransition.UNSPECIFIED | TaskTransition.WAKE>[]> =
  {
    [TaskState.UNSPECIFIED]: [],
    [TaskState.OPEN]: [CLAIM, ASSIGN, SNOOZE, RESOLVE],
    [TaskState.IN_PROGRESS]: [RESOLVE, SNOOZE, ASSIGN, RELEASE],
    [TaskState.SNOOZED]: [RESOLVE, ASSIGN, CLAIM],
    [TaskState.RESOLVED]: [CLOSE, REOPEN],
    [TaskState.CLOSED]: [REOPEN],
  };

/** The verbs of this state. One that the server did not list for this person is disabled and says why. */
export function TaskActionBar({ task, actions }: { task: Task; actions: TaskActions }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog>();
  const isAllowed = (transition: TaskTransition) => task.allowedTransitions.includes(transition);
  const begin = (transition: TaskTransition) => {
    if (!isAllowed(transition) || actions.busy) return;
    if (transition === CLAIM) void actions.claim();
    if (transition === RELEASE) void actions.release();
    if (transition === CLOSE) void actions.close();
    if (transition === ASSIGN) setDialog("assign");
    if (transition === SNOOZE) setDialog("snooze");
    if (transition === RESOLVE) setDialog("resolve");
    if (transition === REOPEN) setDialog("reopen");
  };
  useShortcuts({ claim: () => begin(CLAIM), snooze: () => begin(SNOOZE), resolve: () => begin(RESOLVE) });
  const buttons = offered[task.state];
  const primary = buttons.find(isAllowed);
  const done = () => setDialog(undefined);
  return (
    <div className={classes.actions} role="toolbar" aria-label={t("task.actions.label")}>
      {buttons.map((transition) => (
        <ActionButton
          key={transition}
          task={task}
          transition={transition}
          isPrimary={transition === primary}
          busy={actions.busy}
          onClick={() => begin(transition)}
        />
      ))}
      <SnoozeDialog opened={dialog === "snooze"} onClose={done} actions={actions} />
      <ResolveDialog opened={dialog === "resolve"} onClose={done} actions={actions} />
      <AssignDialog opened={dialog === "assign"} onClose={done} actions={actions} />
      <ReopenDialog opened={dialog === "reopen"} onClose={done} actions={actions} />
    </div>
  );
}

type ButtonProps = { task: Task; transition: TaskTransition; isPrimary: boolean; busy: boolean; onClick: () => void };

function ActionButton({ task, transition, isPrimary, busy, onClick }: ButtonProps) {
  const { t } = useTranslation();
  const key = transitionKeys[transition];
  const state = taskStateKeys[task.state];
  if (!key || !state) return null;
  const allowed = task.allowedTransitions.includes(transition);
  const why = possibleFrom[transition]?.includes(task.state)
    ? t("task.actions.notYours")
    : t("task.actions.notInState", { state: t(`common.taskState.${state}`) });
  return (
    <VerbButton
      label={t(`task.actions.${key}`)}
      refusal={allowed ? undefined : why}
      primary={isPrimary}
      busy={busy && isPrimary}
      onClick={onClick}
    />
  );
}

// Only to word the reason of a refusal: what the state forbids to everybody, and what it forbids to this person.
const possibleFrom: Partial<Record<TaskTransition, readonly TaskState[]>> = {
  [CLAIM]: [TaskState.OPEN],
  [ASSIGN]: [TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.SNOOZED],
  [RELEASE]: [TaskState.IN_PROGRESS],
  [SNOOZE]: [TaskState.OPEN, TaskState.IN_PROGRESS],
  [RESOLVE]: [TaskState.IN_PROGRESS, TaskState.SNOOZED],
  [REOPEN]: [TaskState.RESOLVED],
  [CLOSE]: [TaskState.RESOLVED],
};
