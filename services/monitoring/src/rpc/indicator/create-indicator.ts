import { toJson } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { DefinitionSchema, type IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { principalOf } from "@dozor/runtime/auth";
import { alreadyExists, invalidArgument, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import { insertIndicator, readIndicator } from "../../store/indicator.ts";
import { findRequest, keepRequest } from "../../store/request.ts";
import { indicatorMessage } from "./indicator-message.ts";

export function createIndicator({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof IndicatorService>["createIndicator"] {
  return async ({ key, definition, requestId }, call) => {
    if (definition === undefined) throw invalidArgument("the definition is missing");
    const actor = principalOf(call);
    const at = clock.now();
    const indicatorId = await database.transaction("create indicator", async (tx) => {
      const made = await findRequest(tx, requestId, "CreateIndicator", actor.subject);
      if (made !== undefined) return made;
      const id = Bun.randomUUIDv7();
      if (!(await insertIndicator(tx, { indicatorId: id, key, draft: definition, at, by: actor.subject }))) {
        throw alreadyExists("indicator", key);
      }
      await keepRequest(tx, requestId, "CreateIndicator", actor.subject, id);
      const after = toJson(DefinitionSchema, definition);
      await insertAuditEvent(tx, {
        at,
        actor,
        action: "indicator.create",
        objectKind: "indicator",
        objectId: id,
        after,
      });
      return id;
    });
    const indicator = await readIndicator(database.sql, indicatorId);
    if (indicator === undefined) throw notFound("indicator", indicatorId);
    return { indicator: indicatorMessage(indicator) };
  };
}
