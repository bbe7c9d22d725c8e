import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { Consumer } from "@dozor/runtime/consume";
import { metrics } from "@dozor/runtime/metrics";
import { type ApplyContext, applySnapshots } from "../steps/apply-snapshots.ts";

const snapshotsCount = metrics.counter({
  name: "monitoring_snapshots_total",
  help: "Asset snapshots received, by whether they were newer than what was known",
  labels: ["result"],
});

/** Keeps the projection of registry's assets. Snapshots may come again and in any order: only a higher version is applied. */
export const applyAssetSnapshots: Consumer<ApplyContext, typeof AssetSnapshotSchema> = {
  name: "apply-asset-snapshots",
  schema: AssetSnapshotSchema,
  // Each snapshot travels as text on its way to the table; more at once would be memory and not speed.
  batchMax: 200,
  async handle(context, tx, events) {
    const appliedCount = await applySnapshots(
      context,
      tx,
      events.map((event) => event.message),
    );
    snapshotsCount.inc({ result: "applied" }, appliedCount);
    snapshotsCount.inc({ result: "old" }, events.length - appliedCount);
  },
};
