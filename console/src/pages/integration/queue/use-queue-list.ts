import { useInfiniteQuery } from "@connectrpc/connect-query";
import { IntegrationQueueService, type Message, type StateCounts } from "@dozor/proto/integration/v1/queue";
import { keepPreviousData } from "@tanstack/react-query";
import { paged } from "../../../lib/paged.ts";
import { filterOf, type QueueSearch, statesOf } from "./queue-search.ts";

const pageSize = 100;

export type QueueList = {
  messages: readonly Message[];
  /** By state, under the filters without the state. */
  counts: StateCounts | undefined;
  error: Error | null;
  isPending: boolean;
  isRefreshing: boolean;
  more: (() => void) | undefined;
  refresh: () => void;
};

export function useQueueList(search: QueueSearch): QueueList {
  const list = useInfiniteQuery(
    IntegrationQueueService.method.listMessages,
    { filter: { ...filterOf(search), states: statesOf(search) }, pageSize, pageToken: "" },
    {
      ...paged,
      placeholderData: keepPreviousData,
    },
  );
  return {
    messages: (list.data?.pages ?? []).flatMap(({ messages }) => messages),
    counts: list.data?.pages[0]?.counts,
    error: list.error,
    isPending: list.isPending,
    isRefreshing: list.isFetching,
    more: list.hasNextPage ? () => void list.fetchNextPage() : undefined,
    refresh: () => void list.refetch(),
  };
}
