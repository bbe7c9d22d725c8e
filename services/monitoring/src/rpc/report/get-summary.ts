import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ReportService, SummaryRowSchema } from "@dozor/proto/monitoring/v1/report";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { businessDateOf } from "../../domain/business-date.ts";
import type { ReportRow } from "../../store/report.ts";
import { readRunOfDate } from "../../store/run.ts";
import { askedDimension } from "./dimensions.ts";
import { readSummary } from "./read-summary.ts";
import { rowLabels } from "./row-labels.ts";

const rowLimitDefault = 100;

export function getSummary({
  database: { sql },
  clock,
  config,
}: Pick<Context, "database" | "clock" | "config">): ServiceImpl<typeof ReportService>["getSummary"] {
  return async ({ dimension, asOfDate, rowLimit }) => {
    const asked = askedDimension(dimension);
    const day = asOfDate === "" ? undefined : await readRunOfDate(sql, asOfDate);
    if (asOfDate !== "" && day?.state !== "completed") throw notFound("completed run of", asOfDate);
    const asOf = day?.endedAt ?? clock.now();
    const summary = await readSummary(sql, asked, {
      date: asOfDate || businessDateOf(asOf, config.timeZone),
      isPast: asOfDate !== "",
      rowLimit: rowLimit || rowLimitDefault,
    });
    const labels = await rowLabels(
      sql,
      asked,
      summary.rows.map((row) => row.key),
    );
    return {
      rows: summary.rows.map((row) => rowMessage(row, labels.get(row.key) ?? "")),
      total: rowMessage(summary.total, ""),
      asOf: timestampFromDate(asOf),
      rowCount: summary.rowCount,
    };
  };
}

function rowMessage(row: ReportRow, label: string): MessageInitShape<typeof SummaryRowSchema> {
  return {
    key: row.key,
    label,
    assetCount: BigInt(row.assetCount),
    watchedAssetCount: BigInt(row.watchedAssetCount),
    taskCount: BigInt(row.taskCount),
    violationCount: BigInt(row.violationCount),
  };
}
