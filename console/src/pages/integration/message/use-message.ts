import { createConnectQueryKey, useQuery, useTransport } from "@connectrpc/connect-query";
import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { useQueryClient } from "@tanstack/react-query";
import { useWatch } from "../../../lib/use-watch.ts";

/** One message with its body and attempts; read anew when the service says that it, or another of its lane, changed. */
export function useMessage(recordId: string) {
  const transport = useTransport();
  const client = useQueryClient();
  const method = IntegrationQueueService.method.getMessage;
  const query = useQuery(method, { recordId }, { staleTime: 0 });
  const queryKey = createConnectQueryKey({ schema: method, input: { recordId }, transport, cardinality: "finite" });
  const reload = () => client.invalidateQueries({ queryKey });
  const { source = "", objectId = "", direction } = query.data?.message ?? {};
  const filter = { source, objectId, includeSkipped: true, ...(direction === undefined ? {} : { direction }) };
  const watch = useWatch(
    IntegrationQueueService.method.watchMessages,
    { filter },
    ({ event }) => {
      if (event.case === "changed") void reload();
    },
    { endless: true, enabled: source !== "" && objectId !== "" },
  );
  return { query, watch, reload };
}
