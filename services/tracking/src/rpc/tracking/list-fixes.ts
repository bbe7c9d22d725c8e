import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import type { Context } from "../../context.ts";
import { fixMessage } from "../../facts/messages.ts";
import { type ListedFix, listFixes } from "../../store/list-fixes.ts";
import { pageOf, pageSizeOf } from "../paging.ts";
import { historyQuestion } from "./history-question.ts";

export function listFixesRpc({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof TrackingService>["listFixes"] {
  return async (request) => {
    const rows = await listFixes(database.sql, historyQuestion(request, clock), request.includeFlawed);
    const keyOf = (row: ListedFix) => [row.placedAt.getTime(), row.deviceNo, row.content];
    const { page, nextPageToken } = pageOf(rows, pageSizeOf(request.pageSize), keyOf);
    return { fixes: page.map(fixMessage), nextPageToken };
  };
}
