import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import type { Context } from "../../context.ts";
import { archiveIndicator } from "../../store/indicator.ts";
import { changeIndicator } from "./change-indicator.ts";
import { indicatorMessage } from "./indicator-message.ts";

export function archiveIndicatorRpc(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof IndicatorService>["archiveIndicator"] {
  return async (request, call) => {
    const changed = await changeIndicator(context, call, request, "indicator.archive", archiveIndicator);
    return { indicator: indicatorMessage(changed) };
  };
}
