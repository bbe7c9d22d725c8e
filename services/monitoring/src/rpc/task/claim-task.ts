import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import type { Context } from "../../context.ts";
import { changeTask } from "./change-task.ts";

export function claimTask(context: Pick<Context, "database" | "clock">): ServiceImpl<typeof TaskService>["claimTask"] {
  return (request, call) =>
    changeTask(context, call, request, "claim", (_, { subject, name }) => ({
      fields: { assignee: subject, assigneeName: name },
      event: { type: "claimed" },
    }));
}
