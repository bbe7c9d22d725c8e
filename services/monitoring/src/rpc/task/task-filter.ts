import { type TaskFilter as TaskFilterMessage, TaskState } from "@dozor/proto/monitoring/v1/task";
import type { Principal } from "@dozor/runtime/auth";
import type { TaskState as StateName } from "../../domain/task-machine.ts";
import type { TaskFilter } from "../../store/task-list.ts";

const names: Record<TaskState, StateName | undefined> = {
  [TaskState.UNSPECIFIED]: undefined,
  [TaskState.OPEN]: "open",
  [TaskState.IN_PROGRESS]: "in_progress",
  [TaskState.SNOOZED]: "snoozed",
  [TaskState.RESOLVED]: "resolved",
  [TaskState.CLOSED]: "closed",
};

export function taskFilter(filter: TaskFilterMessage | undefined, caller: Principal): TaskFilter {
  return {
    states: (filter?.states ?? []).map((state) => names[state]).filter((name) => name !== undefined),
    assignee: assigneeOf(filter?.assignee ?? "", caller),
    severityMin: filter?.severityMin ?? 0,
    indicatorKey: filter?.indicatorKey ?? "",
    regionCode: filter?.regionCode ?? "",
    lesseeId: filter?.lesseeId ?? "",
    assetId: filter?.assetId ?? "",
    query: filter?.query ?? "",
  };
}

function assigneeOf(assignee: string, caller: Principal): string | null | undefined {
  switch (assignee) {
    case "":
      return undefined;
    case "me":
      return caller.subject;
    case "none":
      return null;
    default:
      return assignee;
  }
}
