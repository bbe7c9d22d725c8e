import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { aborted, failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { publishDraft, readIndicator } from "../../store/indicator.ts";
import { changeIndicator } from "./change-indicator.ts";
import { indicatorMessage } from "./indicator-message.ts";
import { inspectDefinition } from "./inspect-definition.ts";

export function publishIndicator(
  context: Pick<Context, "database" | "clock" | "zones">,
): ServiceImpl<typeof IndicatorService>["publishIndicator"] {
  return async (request, call) => {
    // Zones and regions are asked of tracking before the transaction: nothing is locked while another service answers.
    const indicator = await readIndicator(context.database.sql, request.indicatorId);
    if (indicator === undefined) throw notFound("indicator", request.indicatorId);
    if (BigInt(indicator.version) !== request.version) {
      throw aborted(
        `publish ${indicator.key}: version ${request.version} is not the current one, ${indicator.version}`,
      );
    }
    const { problems, zoneNames } = await inspectDefinition(context, indicator.draft, call.signal);
    if (problems.length > 0) {
      const texts = problems.map(({ field, text }) => `${field}: ${text}`).join("; ");
      throw failedPrecondition(`publish ${indicator.key}: ${texts}`);
    }
    const published = await changeIndicator(context, call, request, "indicator.publish", (tx, change) =>
      publishDraft(tx, change, zoneNames),
    );
    return { indicator: indicatorMessage(published) };
  };
}
