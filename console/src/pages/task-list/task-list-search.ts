import type { MessageInitShape } from "@bufbuild/protobuf";
import { Severity } from "@dozor/proto/monitoring/v1/indicator";
import { type TaskFilterSchema, TaskState } from "@dozor/proto/monitoring/v1/task";
import { searchText } from "../../lib/search-text.ts";

/** What a person looks at: their own work and what is free, everything that is not ended, or one state. */
export const taskViews = ["inbox", "active", "open", "in_progress", "snoozed", "resolved", "closed"] as const;
export type TaskView = (typeof taskViews)[number];

/** The whole state of the list, in the address bar. What is absent is not filtered; an absent view is the inbox. */
export type TaskListSearch = {
  view?: TaskView;
  q?: string;
  severity?: "medium" | "high";
  indicator?: string;
  region?: string;
  /** "me", "none", or the subject of a person. The inbox has its own answer to this. */
  assignee?: string;
  lessee?: string;
};

export const statesOfView: Record<Exclude<TaskView, "inbox">, TaskState[]> = {
  active: [TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.SNOOZED],
  open: [TaskState.OPEN],
  in_progress: [TaskState.IN_PROGRESS],
  snoozed: [TaskState.SNOOZED],
  resolved: [TaskState.RESOLVED],
  closed: [TaskState.CLOSED],
};

/** Reads what somebody may have typed into the address bar: unknown keys and values are left out. */
export function readTaskListSearch(raw: Record<string, unknown>): TaskListSearch {
  const search: TaskListSearch = {};
  const view = taskViews.find((each) => each === raw.view);
  if (view !== undefined && view !== "inbox") search.view = view;
  const q = searchText(raw.q, 100);
  if (q !== undefined) search.q = q;
  if (raw.severity === "medium" || raw.severity === "high") search.severity = raw.severity;
  for (const key of ["indicator", "region", "assignee", "lessee"] as const) {
    const value = searchText(raw[key], key === "assignee" ? 200 : 64);
    if (value !== undefined) search[key] = value;
  }
  return search;
}

/** Everything but the states and the assignee, which the view decides. */
export function filterOf(search: TaskListSearch): MessageInitShape<typeof TaskFilterSchema> {
  const severities = { medium: Severity.MEDIUM, high: Severity.HIGH };
  return {
    query: search.q?.trim() ?? "",
    severityMin: search.severity ? severities[search.severity] : Severity.UNSPECIFIED,
    indicatorKey: search.indicator ?? "",
    regionCode: search.region ?? "",
    lesseeId: search.lessee ?? "",
  };
}

/** Whether anything but the view narrows the list, so that "no match" can be told from "nothing here". */
export function isNarrowed(search: TaskListSearch): boolean {
  const { view: _, ...filters } = search;
  return Object.keys(filters).length > 0;
}
