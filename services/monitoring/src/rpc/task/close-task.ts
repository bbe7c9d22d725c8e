import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import type { Context } from "../../context.ts";
import { changeTask } from "./change-task.ts";

export function closeTask(context: Pick<Context, "database" | "clock">): ServiceImpl<typeof TaskService>["closeTask"] {
  return (request, call) =>
    changeTask(context, call, request, "close", () => ({ fields: {}, event: { type: "closed" } }));
}
