import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import { aborted, failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { hasActiveTask, lockAssetOfTask, lockTask, readTask } from "../../store/task.ts";
import { moveTask } from "./change-task.ts";
import { taskMessage } from "./task-message.ts";

export function reopenTask({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TaskService>["reopenTask"] {
  return async ({ taskId, version, reason }, call) => {
    const actor = principalOf(call);
    const reopened = await database.transaction("task.reopen", async (tx) => {
      const seen = await readTask(tx, taskId);
      if (seen === undefined) throw notFound("task", taskId);
      // The asset before the task, as judging does, which may be making a task for it right now.
      await lockAssetOfTask(tx, seen.assetId);
      const task = await lockTask(tx, taskId);
      if (task === undefined) throw notFound("task", taskId);
      if (BigInt(task.version) !== version) {
        throw aborted(`reopen task ${task.number}: it was changed meanwhile, its version is ${task.version}`);
      }
      if (task.state === "resolved" && (await hasActiveTask(tx, task.assetId))) {
        throw failedPrecondition(`reopen task ${task.number}: its asset has another task that is not ended`);
      }
      const fields = { assignee: null, assigneeName: null, outcome: null };
      return await moveTask(
        tx,
        task,
        "reopen",
        actor,
        { fields, event: { type: "reopened", comment: reason } },
        clock.now(),
      );
    });
    return { task: await taskMessage(database.sql, reopened, actor) };
  };
}
