import type { Tx } from "@dozor/runtime/database";
import { runProof } from "../domain/verdict-hash.ts";
import { listChunkHashes, sumChunks } from "../store/chunk.ts";
import { copyReportDay } from "../store/report.ts";
import { endRun, type StoredRun } from "../store/run.ts";

/** Ends a run whose chunks have all ended: counts, proof and the report of its date. The caller has locked it. */
export async function writeRunEnd(
  tx: Tx,
  run: StoredRun,
  end: { state: "completed" | "cancelled"; endedAt: Date; cancelReason?: string },
): Promise<void> {
  const { countsByIndicator } = await sumChunks(tx, run.runId);
  const proof = runProof(await listChunkHashes(tx, run.runId));
  await endRun(tx, { runId: run.runId, cancelReason: end.cancelReason, ...end, countsByIndicator, proof });
  if (end.state === "completed") await copyReportDay(tx, run.businessDate);
}
