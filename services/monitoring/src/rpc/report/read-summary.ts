import type { Queryable } from "@dozor/runtime/database";
import { type AgeBucket, ageBucket, ageBuckets } from "../../domain/task-age.ts";
import {
  countRows,
  countRowsOfDay,
  listTopRows,
  listTopRowsOfDay,
  type ReportDimension,
  type ReportRow,
} from "../../store/report.ts";
import type { AskedDimension } from "./dimensions.ts";

export type Summary = { rows: ReportRow[]; total: ReportRow; rowCount: number };
const datesMax = 100_000;

/** The report of a dimension now, or as it was kept for a past date. `date` is the business date by which tasks are old. */
export async function readSummary(
  sql: Queryable,
  dimension: AskedDimension,
  { date, isPast, rowLimit }: { date: string; isPast: boolean; rowLimit: number },
): Promise<Summary> {
  const top = (of: ReportDimension, limit: number) =>
    isPast ? listTopRowsOfDay(sql, date, of, limit) : listTopRows(sql, of, limit);
  const count = (of: ReportDimension) => (isPast ? countRowsOfDay(sql, date, of) : countRows(sql, of));
  const total = (await top("total", 1))[0] ?? emptyRow("");
  if (dimension === "age") {
    const rows = foldAges(await top("task_created_on", datesMax), date);
    return { rows, total, rowCount: rows.length };
  }
  return { rows: await top(dimension, rowLimit), total, rowCount: await count(dimension) };
}

function foldAges(rows: readonly ReportRow[], date: string): ReportRow[] {
  const buckets = new Map<AgeBucket, ReportRow>(ageBuckets.map((bucket) => [bucket, emptyRow(bucket)]));
  for (const row of rows) {
    const bucket = buckets.get(ageBucket(row.key, date));
    if (bucket === undefined) continue;
    bucket.assetCount += row.assetCount;
    bucket.watchedAssetCount += row.watchedAssetCount;
    bucket.taskCount += row.taskCount;
    bucket.violationCount += row.violationCount;
  }
  return [...buckets.values()];
}

function emptyRow(key: string): ReportRow {
  return { key, assetCount: 0, watchedAssetCount: 0, taskCount: 0, violationCount: 0 };
}
