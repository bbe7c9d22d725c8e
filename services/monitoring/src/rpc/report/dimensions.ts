import { Dimension } from "@dozor/proto/monitoring/v1/report";
import { invalidArgument } from "@dozor/runtime/errors";
import type { ReportDimension } from "../../store/report.ts";

/** "age" is folded from creation dates when it is read; the others are counted as they are. */
export type AskedDimension = Exclude<ReportDimension, "task_created_on"> | "age";

const dimensions: Record<Dimension, AskedDimension | undefined> = {
  [Dimension.UNSPECIFIED]: undefined,
  [Dimension.TOTAL]: "total",
  [Dimension.LESSOR]: "lessor",
  [Dimension.REGION]: "region",
  [Dimension.KIND]: "kind",
  [Dimension.INDICATOR]: "indicator",
  [Dimension.TASK_STATE]: "task_state",
  [Dimension.ASSIGNEE]: "assignee",
  [Dimension.WATCH_REASON]: "watch_reason",
  [Dimension.LESSEE]: "lessee",
  [Dimension.AGE]: "age",
};

export function askedDimension(dimension: Dimension): AskedDimension {
  const asked = dimensions[dimension];
  if (asked === undefined) throw invalidArgument("the dimension is missing");
  return asked;
}
