import { useInfiniteQuery, useQuery } from "@connectrpc/connect-query";
import { type StateCount, type Task, TaskService, TaskState } from "@dozor/proto/monitoring/v1/task";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { filterOf, statesOfView, type TaskListSearch } from "./task-list-search.ts";

const pageSize = 100;
export const mineShownMax = 50;

export type TaskList = {
  /** Own tasks in progress; empty in every view but the inbox. */
  mine: readonly Task[];
  mineCount: number;
  tasks: readonly Task[];
  /** By state, under the filters without the view. */
  counts: readonly StateCount[];
  error: Error | null;
  isPending: boolean;
  isRefreshing: boolean;
  more: (() => void) | undefined;
  refresh: () => void;
  /** Puts the task as it is now in the place of the one shown, without moving its row. */
  replace: (task: Task) => void;
};

const { listTasks } = TaskService.method;

export function useTaskList(search: TaskListSearch): TaskList {
  const view = search.view ?? "inbox";
  const filter = filterOf(search);
  const [replaced, setReplaced] = useState<ReadonlyMap<string, Task>>(new Map());

  const mineFilter = { ...filter, assignee: "me", states: [TaskState.IN_PROGRESS] };
  const mine = useQuery(
    listTasks,
    { filter: mineFilter, pageSize: mineShownMax },
    { placeholderData: keepPreviousData },
  );
  const assignee = view === "inbox" ? "" : (search.assignee ?? "");
  const states = view === "inbox" ? [TaskState.OPEN] : statesOfView[view];
  const list = useInfiniteQuery(
    listTasks,
    { filter: { ...filter, assignee, states }, pageSize, pageToken: "" },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
      placeholderData: keepPreviousData,
    },
  );
  const counts = useQuery(listTasks, { filter, pageSize: 1 }, { placeholderData: keepPreviousData });

  const asReplaced = (task: Task) => replaced.get(task.taskId) ?? task;
  const refresh = () => {
    setReplaced(new Map());
    for (const query of [mine, list, counts]) void query.refetch();
  };
  return {
    mine: view === "inbox" ? (mine.data?.tasks ?? []).map(asReplaced) : [],
    mineCount: countOf(mine.data?.stateCounts ?? [], TaskState.IN_PROGRESS),
    tasks: (list.data?.pages ?? []).flatMap(({ tasks }) => tasks).map(asReplaced),
    counts: counts.data?.stateCounts ?? [],
    error: list.error ?? mine.error,
    isPending: list.isPending || (view === "inbox" && mine.isPending),
    isRefreshing: list.isFetching,
    more: list.hasNextPage ? () => void list.fetchNextPage() : undefined,
    refresh,
    replace: (task) => setReplaced((all) => new Map(all).set(task.taskId, task)),
  };
}

export function countOf(counts: readonly StateCount[], state: TaskState): number {
  return Number(counts.find((each) => each.state === state)?.taskCount ?? 0n);
}
