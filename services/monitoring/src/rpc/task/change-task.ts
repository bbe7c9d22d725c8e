import type { HandlerContext } from "@connectrpc/connect";
import { type Principal, principalOf } from "@dozor/runtime/auth";
import type { Tx } from "@dozor/runtime/database";
import { aborted, failedPrecondition, notFound, permissionDenied } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { nextTaskState, type Refusal, type TaskState, type TaskTransition } from "../../domain/task-machine.ts";
import {
  insertTaskEvents,
  lockTask,
  type NewTaskEvent,
  readTask,
  type StoredTask,
  type TaskChange,
  updateTasks,
} from "../../store/task.ts";
import { taskMessage } from "./task-message.ts";

/** What a transition changes besides the state, and what the history says of it. */
export type Edit = { fields: Partial<TaskChange>; event: Pick<NewTaskEvent, "type" | "comment" | "parameters"> };

/** One transition of a task by its etag: locked, decided by the one table, written with its event. Answers the task as the caller sees it. */
export async function changeTask(
  { database, clock }: Pick<Context, "database" | "clock">,
  call: HandlerContext,
  { taskId, version }: { taskId: string; version: bigint },
  transition: TaskTransition,
  edit: (task: StoredTask, actor: Principal) => Edit,
) {
  const actor = principalOf(call);
  const changed = await database.transaction(`task.${transition}`, async (tx) => {
    const task = await lockTask(tx, taskId);
    if (task === undefined) throw notFound("task", taskId);
    if (BigInt(task.version) !== version) {
      throw aborted(`${transition} task ${task.number}: it was changed meanwhile, its version is ${task.version}`);
    }
    return await moveTask(tx, task, transition, actor, edit(task, actor), clock.now());
  });
  return { task: await taskMessage(database.sql, changed, actor) };
}

/** The same for a task that the caller has locked. */
export async function moveTask(
  tx: Tx,
  task: StoredTask,
  transition: TaskTransition,
  actor: Principal,
  { fields, event }: Edit,
  at: Date,
): Promise<StoredTask> {
  const next = nextTaskState({ state: task.state, assignee: task.assignee ?? undefined }, transition, actor);
  if (typeof next !== "string") throw refusal(task, transition, next);
  await updateTasks(tx, [{ ...task, ...fields, state: next }], at);
  await insertTaskEvents(tx, [taskEvent(task, next, actor, event)], at);
  const changed = await readTask(tx, task.taskId);
  if (changed === undefined) throw notFound("task", task.taskId);
  return changed;
}

export function taskEvent(
  task: StoredTask,
  stateAfter: TaskState,
  actor: Principal,
  event: Edit["event"],
): NewTaskEvent {
  const { taskId, state } = task;
  return { ...event, taskId, actor: actor.subject, actorName: actor.name, stateBefore: state, stateAfter };
}

function refusal(task: StoredTask, transition: TaskTransition, { refused }: Refusal) {
  const attempt = `${transition} task ${task.number}`;
  switch (refused) {
    case "role":
      return permissionDenied(`${attempt}: the role of the caller does not allow it`);
    case "state":
      return failedPrecondition(`${attempt}: it is ${task.state}`);
    case "assignee":
      return failedPrecondition(`${attempt}: it belongs to ${task.assigneeName || task.assignee}`);
  }
}
