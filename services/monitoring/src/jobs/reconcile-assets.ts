import type { Client } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Clock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import type { Job, JobRun } from "@dozor/runtime/jobs";
import type { Log } from "@dozor/runtime/log";
import { applySnapshots } from "../steps/apply-snapshots.ts";
import { digestAssets } from "../store/asset.ts";

type ReconcileContext = {
  clock: Clock;
  database: Database;
  log: Log;
  registry: Client<typeof RegistryService>;
  config: { timeZone: string };
};

/**
 * Compares the projection with registry range by range and repairs what differs; from nothing, this rebuilds all of it. At start, so that an instance that
 * lost its stream catches up, and from then on at the given interval.
 */
export function reconcileAssets(everyMs: number): Job<ReconcileContext> {
  return {
    name: "reconcile-assets",
    everyMs,
    atStart: true,
    async runOnce(context, run) {
      const theirs = await context.registry.getDigest({}, { signal: run.signal, timeoutMs: 60_000 });
      const ours = await digestAssets(context.database.sql);
      const differing = theirs.ranges.filter(({ range, hash, assetCount }) => {
        const own = ours.get(range);
        return assetCount > 0n && (own === undefined || Buffer.compare(own.hash, hash) !== 0);
      });
      let appliedCount = 0;
      for (const { range } of differing) appliedCount += await repairRange(context, run, range);
      if (differing.length > 0) {
        context.log.info("projection.reconciled", { rangeCount: differing.length, appliedCount });
      }
    },
  };
}

async function repairRange(context: ReconcileContext, run: JobRun, range: number): Promise<number> {
  let appliedCount = 0;
  const stream = context.registry.listAssetSnapshots({ range }, { signal: run.signal, timeoutMs: 600_000 });
  for await (const { snapshots } of stream) {
    appliedCount += await run.commit("repair projection", (tx) => applySnapshots(context, tx, snapshots));
  }
  return appliedCount;
}
