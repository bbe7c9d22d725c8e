import { Code, ConnectError } from "@connectrpc/connect";
import { QueryClient } from "@tanstack/react-query";

const worthRepeating = [Code.Unavailable, Code.DeadlineExceeded, Code.Aborted, Code.Unknown];

/** Reads are repeated twice when the service may be back in a moment; what a person does is never repeated by itself. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && worthRepeating.includes(ConnectError.from(error).code),
      retryDelay: (failures) => 500 * 2 ** failures,
      staleTime: 15_000,
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});
