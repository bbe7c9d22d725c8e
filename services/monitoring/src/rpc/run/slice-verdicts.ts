import type { Queryable } from "@dozor/runtime/database";
import { type EndedChunk, listChunksOfSlice } from "../../store/chunk.ts";
import { listStoredVerdicts } from "../../store/verdict.ts";

export type SliceVerdict = {
  assetId: string;
  indicatorId: string;
  result: "violated" | "clear" | "unknown";
  reason: string;
  assetVersion: number;
};
export type ReadChunk = { chunk: EndedChunk; verdicts: SliceVerdict[] };

/** All verdicts of a slice, clear ones included, by asset id and then indicator id. Chunks that failed or are open have none. */
export async function sliceVerdicts(sql: Queryable, runId: string, sliceNo: number): Promise<SliceVerdict[]> {
  const chunks = await readSlice(sql, runId, sliceNo);
  return chunks
    .flatMap(({ verdicts }) => verdicts)
    .sort((a, b) => compare(a.assetId, b.assetId) || compare(a.indicatorId, b.indicatorId));
}

/** The chunks of a slice with their verdicts in asset id order: a member of a judged chunk without a row is clear. */
export async function readSlice(sql: Queryable, runId: string, sliceNo: number): Promise<ReadChunk[]> {
  const chunks = await listChunksOfSlice(sql, runId, sliceNo);
  const assetIds = chunks
    .flatMap((chunk) => [chunk.assetIds[0], chunk.assetIds.at(-1)])
    .filter((id) => id !== undefined);
  const [from, to] = [assetIds.toSorted().at(0), assetIds.toSorted().at(-1)];
  if (from === undefined || to === undefined) return [];
  const stored = await listStoredVerdicts(sql, runId, { from, to }, { withEvidence: false });
  const rows = new Map(stored.map((row) => [`${row.assetId} ${row.indicatorId}`, row]));
  return chunks.map((chunk) => ({
    chunk,
    verdicts:
      chunk.state !== "judged"
        ? []
        : chunk.assetIds.map((assetId, index) => {
            const row = rows.get(`${assetId} ${chunk.indicatorId}`);
            return {
              assetId,
              indicatorId: chunk.indicatorId,
              result: row?.result ?? "clear",
              reason: row?.unknownReason ?? "",
              assetVersion: chunk.assetVersions?.[index] ?? 0,
            };
          }),
  }));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
