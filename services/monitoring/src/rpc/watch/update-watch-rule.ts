import type { ServiceImpl } from "@connectrpc/connect";
import type { WatchService } from "@dozor/proto/monitoring/v1/watch";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { principalOf } from "@dozor/runtime/auth";
import { aborted, invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { enumName } from "../../steps/project-snapshot.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import { readWatchRule, replaceWatchRule } from "../../store/watch-rule.ts";
import { watchRuleMessage } from "./watch-rule-message.ts";

export function updateWatchRule({
  database,
  clock,
  runJob,
}: Pick<Context, "database" | "clock" | "runJob">): ServiceImpl<typeof WatchService>["updateWatchRule"] {
  return async ({ rule }, call) => {
    if (rule === undefined) throw invalidArgument("the rule is missing");
    const actor = principalOf(call);
    const at = clock.now();
    const wanted = {
      version: Number(rule.version),
      kinds: rule.kinds.map((kind) => enumName(NomenclatureKind, kind)),
      contractStatuses: rule.contractStatuses.map((status) => enumName(ContractStatus, status)),
    };
    const changed = await database.transaction("update watch rule", async (tx) => {
      const before = await readWatchRule(tx);
      const after = await replaceWatchRule(tx, wanted, actor.subject, at);
      if (after === undefined)
        throw aborted(`change the watch rule: version ${rule.version} is not the current one, ${before.version}`);
      await insertAuditEvent(tx, {
        at,
        actor,
        action: "watch_rule.update",
        objectKind: "watch_rule",
        objectId: "1",
        before,
        after,
      });
      return after;
    });
    // The caller sees the new rule in force: every asset has been asked again when this returns.
    await runJob("roll-watched", call.signal);
    return { rule: watchRuleMessage(changed) };
  };
}
