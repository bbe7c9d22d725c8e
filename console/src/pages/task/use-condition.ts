import { useQuery } from "@connectrpc/connect-query";
import type { Condition } from "@dozor/proto/monitoring/v1/condition";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import type { TaskViolation } from "@dozor/proto/monitoring/v1/task";

/** The condition that was judged: of the very version of the indicator which the verdict names, whatever it says today. */
export function useCondition(violation: TaskViolation): { condition: Condition | undefined; isPending: boolean } {
  const { indicatorId, verdict } = violation;
  const { data, isPending } = useQuery(
    IndicatorService.method.getIndicator,
    { indicatorId },
    { staleTime: 5 * 60_000, enabled: indicatorId !== "" },
  );
  const judged = data?.versions.find(({ version }) => version === verdict?.indicatorVersion);
  return { condition: judged?.definition?.condition, isPending };
}
