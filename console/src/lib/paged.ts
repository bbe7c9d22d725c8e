/** How a list of many pages is asked for: page after page by the service's token, and anew whenever somebody comes back to it. */
export const paged = {
  pageParamKey: "pageToken",
  getNextPageParam: ({ nextPageToken }: { nextPageToken: string }) => nextPageToken || undefined,
  staleTime: 0,
} as const;
