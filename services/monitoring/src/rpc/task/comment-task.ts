import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { findRequest, keepRequest } from "../../store/request.ts";
import { insertTaskEvents, lockTask, readTask } from "../../store/task.ts";
import { moveTask, taskEvent } from "./change-task.ts";
import { taskMessage } from "./task-message.ts";

export function commentTask({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TaskService>["commentTask"] {
  return async ({ taskId, comment, requestId }, call) => {
    const actor = principalOf(call);
    const at = clock.now();
    await database.transaction("task.comment", async (tx) => {
      if ((await findRequest(tx, requestId, "CommentTask", actor.subject)) !== undefined) return;
      const task = await lockTask(tx, taskId);
      if (task === undefined) throw notFound("task", taskId);
      const claiming = {
        fields: { assignee: actor.subject, assigneeName: actor.name },
        event: { type: "claimed" },
      } as const;
      const own = task.state === "open" ? await moveTask(tx, task, "claim", actor, claiming, at) : task;
      await insertTaskEvents(tx, [taskEvent(own, own.state, actor, { type: "commented", comment })], at);
      await keepRequest(tx, requestId, "CommentTask", actor.subject, taskId);
    });
    const task = await readTask(database.sql, taskId);
    if (task === undefined) throw notFound("task", taskId);
    return { task: await taskMessage(database.sql, task, actor) };
  };
}
