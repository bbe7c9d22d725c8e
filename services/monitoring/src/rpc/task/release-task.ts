import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import type { Context } from "../../context.ts";
import { changeTask } from "./change-task.ts";

export function releaseTask(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof TaskService>["releaseTask"] {
  return (request, call) =>
    changeTask(context, call, request, "release", (task) => ({
      fields: { assignee: null, assigneeName: null },
      event: { type: "released", parameters: { assignee_before: task.assignee ?? "" } },
    }));
}
