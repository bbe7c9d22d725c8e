import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import type { Context } from "../../context.ts";
import { listRuns } from "../../store/run.ts";
import { pageSizeOf } from "../page-size.ts";
import { runMessage } from "./run-message.ts";

export function listRunsRpc({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof RunService>["listRuns"] {
  return async (request) => {
    const pageSize = pageSizeOf(request.pageSize);
    const [before] = decodeCursor(request.pageToken, ["string"]) ?? [];
    const runs = await listRuns(sql, before, pageSize + 1);
    const page = runs.slice(0, pageSize);
    const last = runs.length > pageSize ? page.at(-1) : undefined;
    return {
      runs: await Promise.all(page.map((run) => runMessage(sql, run))),
      nextPageToken: last === undefined ? "" : encodeCursor([last.businessDate]),
    };
  };
}
