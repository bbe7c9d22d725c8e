import type { Tx } from "@dozor/runtime/database";
import type { RegistryContext } from "../context.ts";
import type { ReadRecord } from "../store/read-batch.ts";
import { type SavedRecords, saveRecords } from "../store/save-records.ts";
import { announceChanges } from "./announce-changes.ts";

/** Saves records of one source and tells the receivers what changed, in the caller's transaction. */
export async function takeInRecords(
  tx: Tx,
  context: Pick<RegistryContext, "receivers" | "clock">,
  source: string,
  read: readonly ReadRecord[],
  options: { isReread?: boolean } = {},
): Promise<SavedRecords> {
  const saved = await saveRecords(tx, source, read, options);
  await announceChanges(tx, context, saved.changed);
  return saved;
}
