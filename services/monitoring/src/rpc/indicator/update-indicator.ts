import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { updateDraft } from "../../store/indicator.ts";
import { changeIndicator } from "./change-indicator.ts";
import { indicatorMessage } from "./indicator-message.ts";

export function updateIndicator(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof IndicatorService>["updateIndicator"] {
  return async (request, call) => {
    const { definition } = request;
    if (definition === undefined) throw invalidArgument("the definition is missing");
    const changed = await changeIndicator(context, call, request, "indicator.update", (tx, change) =>
      updateDraft(tx, change, definition),
    );
    return { indicator: indicatorMessage(changed) };
  };
}
