import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import { DomainError, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { findRequest, keepRequest } from "../../store/request.ts";
import { readTask } from "../../store/task.ts";
import { lockNextFreeTask } from "../../store/task-list.ts";
import { moveTask } from "./change-task.ts";
import { taskFilter } from "./task-filter.ts";
import { taskMessage } from "./task-message.ts";

export function claimNextTask({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TaskService>["claimNextTask"] {
  return async ({ filter, requestId }, call) => {
    const actor = principalOf(call);
    const taskId = await database.transaction("task.claim_next", async (tx) => {
      const claimed = await findRequest(tx, requestId, "ClaimNextTask", actor.subject);
      if (claimed !== undefined) return claimed;
      const task = await lockNextFreeTask(tx, taskFilter(filter, actor));
      if (task === undefined) throw new DomainError("not_found", "no free task matches the filter");
      const fields = { assignee: actor.subject, assigneeName: actor.name };
      await moveTask(tx, task, "claim", actor, { fields, event: { type: "claimed" } }, clock.now());
      await keepRequest(tx, requestId, "ClaimNextTask", actor.subject, task.taskId);
      return task.taskId;
    });
    const task = await readTask(database.sql, taskId);
    if (task === undefined) throw notFound("task", taskId);
    return { task: await taskMessage(database.sql, task, actor) };
  };
}
