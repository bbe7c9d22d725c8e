// The one transition table of tasks. Whoever changes a task asks here first, and the console shows what this page allows.

export const taskStates = ["open", "in_progress", "snoozed", "resolved", "closed"] as const;
export type TaskState = (typeof taskStates)[number];
export const taskTransitions = ["claim", "assign", "release", "snooze", "resolve", "reopen", "close", "wake"] as const;
export type TaskTransition = (typeof taskTransitions)[number];

type Rule = {
  from: readonly TaskState[];
  /** `woken` is in_progress for a task that has an assignee, open for one that has none. */
  to: TaskState | "woken";
  /** Roles that may do it; "system" is the service itself. */
  roles: readonly string[];
  /** Only its assignee, or a lead, may do it to a task that has one. */
  ownOnly?: true;
};

const table: Record<TaskTransition, Rule> = {
  claim: { from: ["open"], to: "in_progress", roles: ["analyst", "lead"] },
  assign: { from: ["open", "in_progress", "snoozed"], to: "in_progress", roles: ["lead"] },
  release: { from: ["in_progress"], to: "open", roles: ["analyst", "lead"], ownOnly: true },
  snooze: { from: ["open", "in_progress"], to: "snoozed", roles: ["analyst", "lead"], ownOnly: true },
  resolve: { from: ["in_progress", "snoozed"], to: "resolved", roles: ["analyst", "lead"], ownOnly: true },
  reopen: { from: ["resolved"], to: "open", roles: ["analyst", "lead"] },
  close: { from: ["resolved"], to: "closed", roles: ["lead"] },
  wake: { from: ["snoozed"], to: "woken", roles: ["system"] },
};

export type TaskActor = { subject: string; roles: readonly string[] };
export type MovingTask = { state: TaskState; assignee: string | undefined };

/** Who the service is when it changes a task by itself. */
export const systemActor: TaskActor = { subject: "system", roles: ["system"] };

export type Refusal = { refused: "state" | "role" | "assignee" };

/** The state after a transition, or why it is refused. */
export function nextTaskState(task: MovingTask, transition: TaskTransition, actor: TaskActor): TaskState | Refusal {
  const rule = table[transition];
  if (!rule.roles.some((role) => actor.roles.includes(role))) return { refused: "role" };
  if (!rule.from.includes(task.state)) return { refused: "state" };
  const isForeign = task.assignee !== undefined && task.assignee !== actor.subject && !actor.roles.includes("lead");
  if (rule.ownOnly && isForeign) return { refused: "assignee" };
  if (rule.to === "woken") return task.assignee === undefined ? "open" : "in_progress";
  return rule.to;
}

export function allowedTransitions(task: MovingTask, actor: TaskActor): TaskTransition[] {
  return taskTransitions.filter((transition) => typeof nextTaskState(task, transition, actor) === "string");
}
