import { expect, test } from "bun:test";
import { Dimension } from "@dozor/proto/monitoring/v1/report";
import { taskListOf } from "./report-links.ts";
import { dimensionOf, readReportAssetsSearch, readReportSearch, reportDimensions } from "./report-search.ts";

test("a link to the report keeps its dimension and its day, and nothing that nobody knows", () => {
  expect(readReportSearch({ by: "region", date: "2026-11-20", colour: "red" })).toEqual({
    by: "region",
    date: "2026-11-20",
  });
  expect(readReportSearch({ by: "shoe_size", date: "yesterday" })).toEqual({});
});

test("a drill-down without a dimension is all assets, and a numeric key stays text", () => {
  expect(readReportAssetsSearch({ key: "RU-OMS", only: "task" })).toEqual({ only: "task" });
  expect(readReportAssetsSearch({ by: "lessee", key: 77 })).toEqual({ by: "lessee", key: "77" });
});

test("every tab asks the service for a dimension of its own", () => {
  const asked = reportDimensions.map(dimensionOf);
  expect(new Set(asked).size).toBe(reportDimensions.length);
  expect(asked).not.toContain(Dimension.UNSPECIFIED);
});

test("a number of tasks leads to those tasks where the list can show just them", () => {
  expect(taskListOf("indicator", "no_contact")).toEqual({ view: "active", indicator: "no_contact" });
  expect(taskListOf("assignee", "none")).toEqual({ view: "active", assignee: "none" });
  expect(taskListOf("task_state", "snoozed")).toEqual({ view: "snoozed" });
  expect(taskListOf("region", "RU-OMS")).toBeUndefined();
  expect(taskListOf("lessee", "none")).toBeUndefined();
});
