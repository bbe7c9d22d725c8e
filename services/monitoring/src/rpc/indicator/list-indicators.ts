import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import type { Context } from "../../context.ts";
import { listIndicators } from "../../store/indicator.ts";
import { indicatorMessage } from "./indicator-message.ts";

export function listIndicatorsRpc({
  database,
}: Pick<Context, "database">): ServiceImpl<typeof IndicatorService>["listIndicators"] {
  return async ({ includeArchived }) => ({
    indicators: (await listIndicators(database.sql, includeArchived)).map(indicatorMessage),
  });
}
