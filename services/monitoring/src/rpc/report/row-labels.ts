import type { Queryable } from "@dozor/runtime/database";
import { readAssigneeNames, readIndicatorNames, readPartyNames } from "../../store/report.ts";
import type { AskedDimension } from "./dimensions.ts";

/** Names of keys that are ids; codes are translated by whoever shows them. */
export async function rowLabels(
  sql: Queryable,
  dimension: AskedDimension,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const known = keys.filter((key) => key !== "none");
  switch (dimension) {
    case "lessor":
    case "lessee":
      return await readPartyNames(sql, dimension, known);
    case "indicator":
      return await readIndicatorNames(sql, known);
    case "assignee":
      return await readAssigneeNames(sql, known);
    default:
      return new Map();
  }
}
