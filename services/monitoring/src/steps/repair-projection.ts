import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import { statement, type Tx } from "@dozor/runtime/database";
import { type AssetStamp, projectionDifference } from "../domain/projection-difference.ts";
import { lockUnchanged, removeAssets } from "../store/asset-stamps.ts";
import type { ReconciliationCounts } from "../store/reconciliation.ts";
import { type ApplyContext, applySnapshots } from "./apply-snapshots.ts";

/** What registry said last may still be on its way here; taking it over sooner is no repair. */
const onItsWayMs = 60_000;

const noDifferences: ReconciliationCounts = {
  missing: 0,
  behind: 0,
  ahead: 0,
  contradicting: 0,
  surplus: 0,
  damaged: 0,
  repaired: 0,
  onItsWay: 0,
};

/** A batch of registry's snapshots, at most 200, beside what was read here before them: whatever registry has not by then, it never had. */
export type ComparedBatch = {
  theirs: readonly AssetSnapshot[];
  ours: ReadonlyMap<string, AssetStamp>;
  /** Looks also into what has the same version and hash. */
  thorough: boolean;
};

export function hasDifference({ theirs, ours, thorough }: ComparedBatch): boolean {
  return theirs.length > 0 && (thorough || theirs.some((each) => differenceOf(each, ours) !== undefined));
}

/** Makes the assets of a batch equal to what registry said of them, and counts how they differed. */
export async function repairBatch(context: ApplyContext, tx: Tx, batch: ComparedBatch): Promise<ReconciliationCounts> {
  const { theirs, ours, thorough } = batch;
  const by = Map.groupBy(theirs, (each) => differenceOf(each, ours) ?? "same");
  const nowMs = context.clock.now().getTime();
  const isOnItsWay = ({ changedAt }: AssetSnapshot) =>
    changedAt !== undefined && nowMs - timestampMs(changedAt) < onItsWayMs;
  const older = [...(by.get("missing") ?? []), ...(by.get("behind") ?? [])];
  const [late, onItsWay] = [older.filter((each) => !isOnItsWay(each)), older.filter(isOnItsWay)];
  const appliedCount = await applySnapshots(context, tx, late);
  await applySnapshots(context, tx, onItsWay);

  const wrong = [...(by.get("ahead") ?? []), ...(by.get("contradicting") ?? [])];
  const seen = new Map(wrong.flatMap(({ assetId }) => entryOf(ours, assetId)));
  // What has changed since it was read was no difference but an event that came in between.
  const unchanged = seen.size === 0 ? new Set<string>() : await lockUnchanged(tx, seen);
  const stillWrong = wrong.filter(({ assetId }) => unchanged.has(assetId));
  if (stillWrong.length > 0) {
    await statement("reconciliation.allow", tx`select set_config('dozor.repairs_projection', 'on', true)`);
    await applySnapshots(context, tx, stillWrong, "any");
  }
  const damagedCount = thorough ? await applySnapshots(context, tx, by.get("same") ?? [], "damaged") : 0;
  const countStill = (difference: "ahead" | "contradicting") =>
    stillWrong.filter((each) => differenceOf(each, ours) === difference).length;
  return {
    ...noDifferences,
    missing: late.filter(({ assetId }) => !ours.has(assetId)).length,
    behind: late.filter(({ assetId }) => ours.has(assetId)).length,
    ahead: countStill("ahead"),
    contradicting: countStill("contradicting"),
    damaged: damagedCount,
    onItsWay: onItsWay.length,
    repaired: appliedCount + stillWrong.length + damagedCount,
  };
}

/** Removes what registry does not have, if it is still as it was seen. */
export async function repairSurplus(tx: Tx, surplus: ReadonlyMap<string, AssetStamp>): Promise<ReconciliationCounts> {
  const unchanged = await lockUnchanged(tx, surplus);
  const { removedCount } = await removeAssets(tx, [...unchanged]);
  return { ...noDifferences, surplus: unchanged.size, repaired: removedCount };
}

function differenceOf(theirs: AssetSnapshot, ours: ReadonlyMap<string, AssetStamp>) {
  const contentHash = Buffer.from(theirs.contentHash).toString("hex");
  return projectionDifference(ours.get(theirs.assetId), { version: theirs.version, contentHash });
}

function entryOf(ours: ReadonlyMap<string, AssetStamp>, assetId: string): [string, AssetStamp][] {
  const stamp = ours.get(assetId);
  return stamp === undefined ? [] : [[assetId, stamp]];
}
