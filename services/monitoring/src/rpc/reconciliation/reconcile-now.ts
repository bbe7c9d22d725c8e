import { setTimeout as delay } from "node:timers/promises";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import type { Context } from "../../context.ts";
import { reconcileJobs } from "../../job-names.ts";
import { newestReconciliation } from "../../store/reconciliation.ts";
import { reconciliationMessage } from "./reconciliation-message.ts";

const waitMsDefault = 60_000;

export const reconcileNow =
  ({
    database,
    runJobs,
  }: Pick<Context, "database" | "runJobs">): ServiceImpl<typeof ReconciliationService>["reconcileNow"] =>
  async ({ thorough, waitMs }, { signal }) => {
    // Goes on when nobody waits any more; a failure is told by the row.
    const compared = runJobs([thorough ? reconcileJobs.thorough : reconcileJobs.quick]);
    const waiting = new AbortController();
    try {
      const late = delay(waitMs || waitMsDefault, false, { signal: AbortSignal.any([signal, waiting.signal]) });
      const finished = await Promise.race([compared.then(() => true), late]);
      const newest = await newestReconciliation(database.sql, thorough);
      return { finished, ...(newest === undefined ? {} : { reconciliation: reconciliationMessage(newest) }) };
    } finally {
      waiting.abort();
    }
  };
