import { ContractStatus } from "@dozor/proto/registry/v1/entities";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { Consumer } from "@dozor/runtime/consume";
import { businessDateOf, type Context } from "../context.ts";
import { normalisePlate, normaliseVin } from "../domain/identifiers.ts";
import { applyDirectoryEntries, type DirectoryEntry } from "../store/directory.ts";
import { lockMatching, matchSittings, sittingsNaming } from "../store/matching.ts";
import { queueVisits } from "../store/visit-queue.ts";

/** Keeps the directory of asset identifiers, and matches devices anew when one appears, changes or goes. */
export const applyAssetSnapshots: Consumer<Context, typeof AssetSnapshotSchema> = {
  name: "apply-asset-snapshots",
  schema: AssetSnapshotSchema,
  batchMax: 500,
  async handle(context, tx, events) {
    const entries = newestOfEach(events.map((event) => event.message));
    await lockMatching(tx);
    const { touched } = await applyDirectoryEntries(tx, entries, businessDateOf(context));
    await queueVisits(tx, await matchSittings(tx, await sittingsNaming(tx, touched)));
  },
};

function newestOfEach(snapshots: readonly AssetSnapshot[]): DirectoryEntry[] {
  const newest = new Map<string, AssetSnapshot>();
  for (const snapshot of snapshots) {
    const known = newest.get(snapshot.assetId);
    if (known === undefined || snapshot.version > known.version) newest.set(snapshot.assetId, snapshot);
  }
  return [...newest.values()].map((snapshot) => ({
    assetId: snapshot.assetId,
    version: Number(snapshot.version),
    vinNorm: normaliseVin(snapshot.vin),
    plateNorm: normalisePlate(snapshot.plate),
    isDeleted: snapshot.deleted,
    returnDate: snapshot.contract?.returnDate || undefined,
    source: snapshot.source,
    ...trackerExpected(snapshot),
  }));
}

/** From the handover on until the contract ends, while it is in force. */
function trackerExpected({
  nomenclature,
  contract,
}: AssetSnapshot): Pick<DirectoryEntry, "trackerExpectedFrom" | "trackerExpectedUntil"> {
  const isExpected =
    nomenclature?.trackerExpected === true && contract?.status === ContractStatus.ACTIVE && !contract.deleted;
  if (!isExpected) return { trackerExpectedFrom: undefined, trackerExpectedUntil: undefined };
  return {
    trackerExpectedFrom: contract.handoverDate || contract.startDate || undefined,
    trackerExpectedUntil: contract.endDate || undefined,
  };
}
