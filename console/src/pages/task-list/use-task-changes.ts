import { type StateCount, TaskService } from "@dozor/proto/monitoring/v1/task";
import { useCallback, useRef, useState } from "react";
import { useWatch, type WatchState } from "../../lib/use-watch.ts";
import { filterOf, type TaskListSearch } from "./task-list-search.ts";

export const changesShownMax = 500;

export type TaskChanges = {
  watch: WatchState;
  /** Newest counts per state, once the watch has said them. */
  counts: readonly StateCount[] | undefined;
  /** Tasks that changed since the list was read, not counting what this person did. */
  changedCount: number;
  /** The list was read anew. */
  settle: () => void;
  /** This person is about to change a task, which then is no news to them. */
  expect: (taskId: string) => void;
};

/** Follows the tasks under the list's filters. The list itself never moves under the cursor: news wait behind a button. */
export function useTaskChanges(search: TaskListSearch): TaskChanges {
  const [counts, setCounts] = useState<readonly StateCount[]>();
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const expected = useRef(new Set<string>());
  const filter = filterOf(search);
  const watch = useWatch(
    TaskService.method.watchTasks,
    { filter },
    ({ stateCounts, changedTaskIds, moreChanged }) => {
      setCounts(stateCounts);
      const news = changedTaskIds.filter((taskId) => !expected.current.delete(taskId));
      if (news.length === 0 && !moreChanged) return;
      setChanged((all) => {
        const next = new Set([...all, ...news].slice(0, changesShownMax + 1));
        // More than the message could name: whoever looks should know that it is many.
        if (moreChanged) for (let i = next.size; i <= changesShownMax; i += 1) next.add(`unnamed-${i}`);
        return next;
      });
    },
    { endless: true },
  );
  const settle = useCallback(() => setChanged(new Set()), []);
  const expect = useCallback((taskId: string) => void expected.current.add(taskId), []);
  return { watch, counts, changedCount: changed.size, settle, expect };
}
