import type { ServiceImpl } from "@connectrpc/connect";
import type { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { listReconciliations } from "../../store/reconciliation.ts";
import { pageSizeOf } from "../page-size.ts";
import { reconciliationMessage } from "./reconciliation-message.ts";

export function listReconciliationsRpc({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof ReconciliationService>["listReconciliations"] {
  return async ({ pageSize: asked, pageToken, onlyTroubled }) => {
    const pageSize = pageSizeOf(asked);
    const [startedAt, id] = decodeCursor(pageToken, ["string", "string"]) ?? [];
    const before = startedAt === undefined || id === undefined ? undefined : { startedAt, id };
    const rows = await listReconciliations(sql, { onlyTroubled, before }, pageSize + 1);
    const page = rows.slice(0, pageSize);
    const last = rows.length > pageSize ? page.at(-1) : undefined;
    return {
      reconciliations: page.map(reconciliationMessage),
      nextPageToken: last === undefined ? "" : encodeCursor([last.place, last.id]),
    };
  };
}
