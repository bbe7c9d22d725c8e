import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { countFilteredTasks, listFilteredTasks } from "../../store/task-list.ts";
import { pageSizeOf } from "../page-size.ts";
import { taskFilter } from "./task-filter.ts";
import { stateValues, taskMessages } from "./task-message.ts";

export function listTasks({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof TaskService>["listTasks"] {
  return async (request, call) => {
    const caller = principalOf(call);
    const filter = taskFilter(request.filter, caller);
    const pageSize = pageSizeOf(request.pageSize);
    const [severity, createdAt, taskId] = decodeCursor(request.pageToken, ["number", "string", "string"]) ?? [];
    const after =
      severity === undefined || createdAt === undefined || taskId === undefined
        ? undefined
        : { severity, createdAt, taskId };
    const tasks = await listFilteredTasks(sql, filter, after, pageSize + 1);
    const page = tasks.slice(0, pageSize);
    const last = tasks.length > pageSize ? page.at(-1) : undefined;
    const counts = await countFilteredTasks(sql, filter);
    return {
      tasks: await taskMessages(sql, page, caller, { withEvidence: false }),
      nextPageToken: last === undefined ? "" : encodeCursor([last.severity, last.createdAt.toISOString(), last.taskId]),
      stateCounts: counts.map(({ state, count }) => ({ state: stateValues[state], taskCount: BigInt(count) })),
    };
  };
}
