import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import type { Clock } from "@dozor/runtime/clock";
import type { Tx } from "@dozor/runtime/database";
import { businessDateOf } from "../domain/business-date.ts";
import { upsertAssets } from "../store/asset.ts";
import { readWatchRule } from "../store/watch-rule.ts";
import { projectSnapshot } from "./project-snapshot.ts";

export type ApplyContext = { clock: Clock; config: { timeZone: string } };

/** Takes over the snapshots that are newer than what is known, at most 500. Answers how many were. */
export async function applySnapshots(
  { clock, config }: ApplyContext,
  tx: Tx,
  snapshots: readonly AssetSnapshot[],
): Promise<number> {
  const rule = await readWatchRule(tx);
  const date = businessDateOf(clock.now(), config.timeZone);
  const newest = new Map<string, AssetSnapshot>();
  for (const snapshot of snapshots) {
    const known = newest.get(snapshot.assetId);
    if (known === undefined || known.version < snapshot.version) newest.set(snapshot.assetId, snapshot);
  }
  return await upsertAssets(
    tx,
    [...newest.values()].map((snapshot) => projectSnapshot(snapshot, rule, date)),
  );
}
