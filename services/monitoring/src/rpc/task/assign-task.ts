import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import type { Context } from "../../context.ts";
import { changeTask } from "./change-task.ts";

export function assignTask(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof TaskService>["assignTask"] {
  return (request, call) =>
    changeTask(context, call, request, "assign", (task) => ({
      fields: {
        assignee: request.assignee,
        assigneeName: request.assigneeName || request.assignee,
        snoozedUntil: null,
      },
      event: {
        type: "assigned",
        parameters: {
          assignee: request.assignee,
          assignee_name: request.assigneeName,
          assignee_before: task.assignee ?? "",
        },
      },
    }));
}
