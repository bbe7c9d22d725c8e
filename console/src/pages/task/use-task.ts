import { createConnectQueryKey, useQuery, useTransport } from "@connectrpc/connect-query";
import { TaskService } from "@dozor/proto/monitoring/v1/task";
import { useQueryClient } from "@tanstack/react-query";
import { useWatch } from "../../lib/use-watch.ts";

/** One task with its history; read anew when the service says that it changed. */
export function useTask(taskId: string) {
  const transport = useTransport();
  const client = useQueryClient();
  const query = useQuery(TaskService.method.getTask, { taskId });
  const queryKey = createConnectQueryKey({
    schema: TaskService.method.getTask,
    input: { taskId },
    transport,
    cardinality: "finite",
  });
  const reload = () => client.invalidateQueries({ queryKey });
  const assetId = query.data?.task?.assetId ?? "";
  const watch = useWatch(
    TaskService.method.watchTasks,
    { filter: { assetId } },
    ({ changedTaskIds }) => {
      if (changedTaskIds.includes(taskId)) void reload();
    },
    { endless: true, enabled: assetId !== "" },
  );
  return { query, watch, reload };
}
