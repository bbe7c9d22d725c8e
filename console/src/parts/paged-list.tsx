import type { ReactNode } from "react";
import { ErrorPanel } from "./error-panel.tsx";
import { LoadMore } from "./load-more.tsx";
import { LoadingRows } from "./loading-rows.tsx";

type Props = {
  /** What `useInfiniteQuery` answers. */
  list: {
    error: Error | null;
    data: unknown;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    refetch: () => Promise<unknown>;
    fetchNextPage: () => Promise<unknown>;
  };
  /** What stands in the place of a list without rows; false when there are some. */
  empty: ReactNode;
  /** The rows. */
  children: ReactNode;
};

/** A list of many pages, or what stands in its place: an error, grey rows, the reason why there is nothing. */
export function PagedList({ list, empty, children }: Props) {
  if (list.error) return <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <LoadingRows rows={8} />;
  if (empty) return <>{empty}</>;
  return (
    <>
      {children}
      {list.hasNextPage && <LoadMore loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />}
    </>
  );
}
