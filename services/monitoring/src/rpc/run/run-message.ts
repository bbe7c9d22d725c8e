import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type RunCountsSchema, type RunSchema, RunState } from "@dozor/proto/monitoring/v1/run";
import type { Queryable } from "@dozor/runtime/database";
import { sumChunks } from "../../store/chunk.ts";
import type { Counts, StoredRun } from "../../store/run.ts";

const states = {
  planning: RunState.PLANNING,
  checking: RunState.CHECKING,
  completed: RunState.COMPLETED,
  cancelled: RunState.CANCELLED,
} as const;

/** A run as callers see it; while it is open its counts are those of the chunks that have ended. */
export async function runMessage(sql: Queryable, run: StoredRun): Promise<MessageInitShape<typeof RunSchema>> {
  const totals =
    run.countsByIndicator === null
      ? await sumChunks(sql, run.runId)
      : { countsByIndicator: run.countsByIndicator, endedCount: run.chunkCount };
  return {
    runId: run.runId,
    businessDate: run.businessDate,
    asOf: timestampFromDate(run.asOf),
    state: states[run.state],
    counts: countsMessage(totalOf(Object.values(totals.countsByIndicator))),
    watchedAssetCount: BigInt(run.watchedAssetCount),
    indicatorCount: run.indicatorCount,
    chunkCount: run.chunkCount,
    chunkEndedCount: totals.endedCount,
    startedAt: timestampFromDate(run.startedAt),
    ...(run.endedAt === null ? {} : { endedAt: timestampFromDate(run.endedAt) }),
    startedBy: run.startedBy,
    countsByIndicator: Object.fromEntries(
      Object.entries(totals.countsByIndicator).map(([key, counts]) => [key, countsMessage(counts)]),
    ),
    proof: run.proof === null ? "" : Buffer.from(run.proof).toString("hex"),
  };
}

function totalOf(all: readonly Counts[]): Counts {
  const total: Counts = { planned: 0, violated: 0, clear: 0, unknown: 0, failed: 0 };
  for (const counts of all) {
    total.planned += counts.planned;
    total.violated += counts.violated;
    total.clear += counts.clear;
    total.unknown += counts.unknown;
    total.failed += counts.failed;
  }
  return total;
}

export function countsMessage(counts: Counts): MessageInitShape<typeof RunCountsSchema> {
  return {
    planned: BigInt(counts.planned),
    violated: BigInt(counts.violated),
    clear: BigInt(counts.clear),
    unknown: BigInt(counts.unknown),
    failed: BigInt(counts.failed),
  };
}
