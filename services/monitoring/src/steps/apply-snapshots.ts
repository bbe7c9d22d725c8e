import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import type { Clock } from "@dozor/runtime/clock";
import type { Tx } from "@dozor/runtime/database";
import { businessDateOf } from "../domain/business-date.ts";
import { type Overwriting, upsertAssets } from "../store/asset.ts";
import { readWatchRule } from "../store/watch-rule.ts";
import { projectSnapshot } from "./project-snapshot.ts";

export type ApplyContext = { clock: Clock; config: { timeZone: string } };

/** Takes over the snapshots that are newer than what is known, or as asked, at most 500. Answers how many were. */
export async function applySnapshots(
  { clock, config }: ApplyContext,
  tx: Tx,
  snapshots: readonly AssetSnapshot[],
  overwriting: Overwriting = "older",
): Promise<number> {
  if (snapshots.length === 0) return 0;
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
    overwriting,
  );
}
