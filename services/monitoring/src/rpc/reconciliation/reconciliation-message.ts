import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Reconciliation, ReconciliationSchema } from "@dozor/proto/monitoring/v1/reconciliation";
import type { Reconciliation as StoredReconciliation } from "../../store/reconciliation.ts";

export function reconciliationMessage(row: StoredReconciliation): Reconciliation {
  return create(ReconciliationSchema, {
    id: row.id,
    thorough: row.thorough,
    startedAt: timestampFromDate(row.startedAt),
    ...(row.endedAt === null ? {} : { endedAt: timestampFromDate(row.endedAt) }),
    rangeCount: row.rangeCount,
    differingRangeCount: row.differingRangeCount,
    assetCount: BigInt(row.assetCount),
    differences: {
      missing: BigInt(row.missing),
      behind: BigInt(row.behind),
      ahead: BigInt(row.ahead),
      contradicting: BigInt(row.contradicting),
      surplus: BigInt(row.surplus),
      damaged: BigInt(row.damaged),
    },
    repairedCount: BigInt(row.repaired),
    onItsWayCount: BigInt(row.onItsWay),
    error: row.error,
  });
}
