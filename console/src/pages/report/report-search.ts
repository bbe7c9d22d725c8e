import { Dimension } from "@dozor/proto/monitoring/v1/report";
import { type DimensionKey, dimensionKeys } from "../../lib/enum-keys.ts";

export type ReportSearch = {
  by?: DimensionKey;
  /** Business date, YYYY-MM-DD; absent: now. */
  date?: string;
};

export type ReportAssetsSearch = {
  by?: DimensionKey;
  /** Value of the dimension; without a dimension all assets. */
  key?: string;
  only?: "watched" | "task";
};

/** In the order of the tabs. */
export const reportDimensions = [
  "indicator",
  "region",
  "kind",
  "lessor",
  "lessee",
  "task_state",
  "assignee",
  "age",
  "watch_reason",
] as const satisfies readonly DimensionKey[];

export function dimensionOf(key: DimensionKey): Dimension {
  const found = Object.entries(dimensionKeys).find(([, each]) => each === key);
  return found === undefined ? Dimension.UNSPECIFIED : Number(found[0]);
}

export function readReportSearch(raw: Record<string, unknown>): ReportSearch {
  const search: ReportSearch = {};
  const by = dimensionIn(raw.by);
  if (by !== undefined) search.by = by;
  if (typeof raw.date === "string" && /^\d{4}-\d{2}-\d{2}$/.test(raw.date)) search.date = raw.date;
  return search;
}

export function readReportAssetsSearch(raw: Record<string, unknown>): ReportAssetsSearch {
  const search: ReportAssetsSearch = {};
  const by = dimensionIn(raw.by);
  if (by !== undefined) {
    search.by = by;
    search.key = typeof raw.key === "string" || typeof raw.key === "number" ? String(raw.key).slice(0, 200) : "";
  }
  if (raw.only === "watched" || raw.only === "task") search.only = raw.only;
  return search;
}

function dimensionIn(value: unknown): DimensionKey | undefined {
  return reportDimensions.find((each) => each === value);
}
