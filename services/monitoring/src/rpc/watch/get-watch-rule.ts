import type { ServiceImpl } from "@connectrpc/connect";
import type { WatchService } from "@dozor/proto/monitoring/v1/watch";
import type { Context } from "../../context.ts";
import { readWatchRule } from "../../store/watch-rule.ts";
import { watchRuleMessage } from "./watch-rule-message.ts";

export function getWatchRule({
  database,
}: Pick<Context, "database">): ServiceImpl<typeof WatchService>["getWatchRule"] {
  return async () => ({ rule: watchRuleMessage(await readWatchRule(database.sql)) });
}
