import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import type { Queryable } from "@dozor/runtime/database";
import { failedPrecondition, notFound } from "@dozor/runtime/errors";
import { yieldNow } from "@dozor/runtime/slices";
import type { Context } from "../../context.ts";
import { type ChunkOutcome, chunkHash, runProof } from "../../domain/verdict-hash.ts";
import type { EndedChunk } from "../../store/chunk.ts";
import { type Counts, readRun, type StoredRun } from "../../store/run.ts";
import { countsMessage } from "./run-message.ts";
import { readSlice, type SliceVerdict } from "./slice-verdicts.ts";

export function getRunProof({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof RunService>["getRunProof"] {
  return async ({ runId }, { signal }) => {
    const run = await readRun(sql, runId);
    if (run === undefined) throw notFound("run", runId);
    if (run.proof === null) throw failedPrecondition(`prove run ${runId}: it is still ${run.state}`);
    const { proof, counts } = await recompute(sql, run, signal);
    const [storedProof, recomputedProof] = [run.proof, proof].map((each) => Buffer.from(each).toString("hex"));
    return {
      storedProof: storedProof ?? "",
      recomputedProof: recomputedProof ?? "",
      equal: storedProof === recomputedProof,
      recounted: countsMessage(counts),
    };
  };
}

/** From the members of the chunks and the verdict rows alone; hashes and counts that were written are not looked at. */
async function recompute(
  sql: Queryable,
  run: StoredRun,
  signal: AbortSignal,
): Promise<{ proof: Uint8Array; counts: Counts }> {
  const counts: Counts = { planned: 0, violated: 0, clear: 0, unknown: 0, failed: 0 };
  const hashes: Uint8Array[] = [];
  for (let sliceNo = 0; sliceNo < run.sliceCount; sliceNo++) {
    signal.throwIfAborted();
    for (const { chunk, verdicts } of await readSlice(sql, run.runId, sliceNo)) {
      const outcomes = outcomesOf(chunk, verdicts);
      counts.planned += chunk.assetIds.length;
      for (const { result } of outcomes) counts[result] += 1;
      hashes.push(chunkHash(outcomes));
    }
    await yieldNow();
  }
  return { proof: runProof(hashes), counts };
}

function outcomesOf(chunk: EndedChunk, verdicts: readonly SliceVerdict[]): ChunkOutcome[] {
  if (chunk.state === "judged") return [...verdicts];
  return chunk.assetIds.map((assetId) => ({ assetId, result: "failed", reason: chunk.failure ?? "" }));
}
