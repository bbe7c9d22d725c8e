import type { DimensionKey } from "../../lib/enum-keys.ts";
import { type TaskListSearch, taskViews } from "../task-list/task-list-search.ts";

/** Key of the row of everything that has no value in the dimension. */
export const noValueKey = "none";

/**
 * The list of the very tasks that a number counts, where the task list has the same filter; undefined where it has not, and the
 * assets with a task are shown instead. (A region of the report is the contract's; that of the list is where the asset was.)
 */
export function taskListOf(by: DimensionKey, key: string): TaskListSearch | undefined {
  if (by === "indicator") return { view: "active", indicator: key };
  if (by === "assignee") return { view: "active", assignee: key };
  if (by === "lessee" && key !== noValueKey) return { view: "active", lessee: key };
  const view = by === "task_state" ? taskViews.find((each) => each === key) : undefined;
  return view === undefined ? undefined : { view };
}
