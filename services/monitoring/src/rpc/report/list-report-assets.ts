import type { ServiceImpl } from "@connectrpc/connect";
import type { ReportService } from "@dozor/proto/monitoring/v1/report";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { addDays, businessDateOf } from "../../domain/business-date.ts";
import { ageBuckets, createdOnOf } from "../../domain/task-age.ts";
import { listReportAssets, type ReportAssetFilter } from "../../store/report.ts";
import { pageSizeOf } from "../page-size.ts";
import { type AskedDimension, askedDimension } from "./dimensions.ts";

export function listReportAssetsRpc({
  database: { sql },
  clock,
  config,
}: Pick<Context, "database" | "clock" | "config">): ServiceImpl<typeof ReportService>["listReportAssets"] {
  return async (request) => {
    const pageSize = pageSizeOf(request.pageSize);
    const [after] = decodeCursor(request.pageToken, ["string"]) ?? [];
    const today = businessDateOf(clock.now(), config.timeZone);
    const filter = filterOf(askedDimension(request.dimension), request.key, today);
    const only = { watched: request.watchedOnly, withTask: request.withTaskOnly };
    const rows = await listReportAssets(sql, filter, only, after, pageSize + 1);
    const page = rows.slice(0, pageSize);
    const last = rows.length > pageSize ? page.at(-1) : undefined;
    return {
      assets: page.map((row) => ({ ...row, taskId: row.taskId ?? "" })),
      nextPageToken: last === undefined ? "" : encodeCursor([last.assetId]),
    };
  };
}

function filterOf(dimension: AskedDimension, key: string, today: string): ReportAssetFilter {
  if (dimension !== "age") return { by: dimension, key };
  const bucket = ageBuckets.find((each) => each === key);
  if (bucket === undefined) throw invalidArgument(`key ${key} is none of ${ageBuckets.join(", ")}`);
  const { daysMin, daysMax } = createdOnOf(bucket);
  return {
    by: "task_created_on",
    // A task of a run of tomorrow's date counts as young.
    to: addDays(today, bucket === "0-1" ? 366 : -daysMin),
    from: daysMax === undefined ? undefined : addDays(today, -daysMax),
  };
}
