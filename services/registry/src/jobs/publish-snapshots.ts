import { syncFindings } from "@dozor/integration/findings/sync-findings";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { topics } from "@dozor/proto/streams";
import type { Tx } from "@dozor/runtime/database";
import type { Job } from "@dozor/runtime/job";
import { metrics } from "@dozor/runtime/metrics";
import { type OutboxMessage, outboxAppend } from "@dozor/runtime/outbox";
import { sliced } from "@dozor/runtime/slices";
import type { RegistryContext } from "../context.ts";
import type { AfterPollJob } from "../job-names.ts";
import { invalidVins, unexpectedVins } from "../store/asset-doubts.ts";
import {
  readKnownSnapshots,
  readSnapshotSources,
  type SnapshotSource,
  type StoredSnapshot,
  writeSnapshots,
} from "../store/asset-snapshot.ts";
import { takePendingSnapshots } from "../store/pending-snapshot.ts";
import { snapshotContent, stampedSnapshot } from "./snapshot-message.ts";

const batchMax = 100;

/** Gives every marked asset whose snapshot really differs a new version, in one transaction with its message to the others. */
export const publishSnapshots: Job<RegistryContext> = {
  name: "publish-snapshots" satisfies AfterPollJob,
  // Each poll is followed by a run of its own; this one is for what was left over.
  everyMs: 15_000,
  async runOnce({ clock }, run) {
    for (let taken = batchMax; taken === batchMax; ) {
      run.signal.throwIfAborted();
      taken = await run.commit("asset_snapshot.publish", async (tx) => {
        const assetIds = await takePendingSnapshots(tx, batchMax);
        if (assetIds.length === 0) return 0;
        await judgeAssets(tx, assetIds);
        await publish(tx, assetIds, clock.now());
        return assetIds.length;
      });
    }
  },
};

async function publish(tx: Tx, assetIds: readonly string[], now: Date): Promise<void> {
  const sources = await readSnapshotSources(tx, assetIds);
  const known = await readKnownSnapshots(tx, assetIds);
  const stored: StoredSnapshot[] = [];
  const messages: OutboxMessage[] = [];
  const consider = (source: SnapshotSource) => {
    const { assetId } = source;
    const { content, contentHash } = snapshotContent(source);
    const before = known.get(assetId);
    if (before !== undefined && Buffer.compare(before.contentHash, contentHash) === 0) return;
    const stamp = { version: (before?.version ?? 0) + 1, contentHash, changedAt: now };
    const payload = stampedSnapshot(content, stamp);
    const eventId: string = Bun.randomUUIDv7();
    stored.push({ assetId, payload, eventId, ...stamp });
    messages.push({ id: eventId, topic: topics.asset, key: assetId, schema: AssetSnapshotSchema.typeName, payload });
  };
  await sliced(sources, consider, { label: "registry.snapshot" });
  if (stored.length === 0) return;
  await writeSnapshots(tx, stored);
  await outboxAppend(tx, messages);
  publishedCount.inc(stored.length);
}

/** What is doubtful about an asset changes exactly when its snapshot may, because both rest on the same rows. */
async function judgeAssets(tx: Tx, assetIds: readonly string[]): Promise<void> {
  const assets = { entityKind: "asset", scope: assetIds } as const;
  await syncFindings(tx, { rule: "vin_invalid", ...assets }, invalidVins(tx, assetIds));
  await syncFindings(tx, { rule: "vin_unexpected", ...assets }, unexpectedVins(tx, assetIds));
}

const publishedCount = metrics.counter({
  name: "registry_snapshots_published_total",
  help: "Asset snapshots put into the outbox",
});
