import type { Database } from "@dozor/runtime/database";
import type { Job } from "@dozor/runtime/job";
import { foldDeltas, hasDeltas } from "../store/report.ts";

const batchSize = 10_000;

/** Keeps the report's deltas few, so that reading it stays fast. Changes no number. */
export const foldReport: Job<{ database: Database }> = {
  name: "fold-report",
  everyMs: 5_000,
  isDue: ({ database }) => hasDeltas(database.sql),
  async runOnce({ database }, run) {
    while (await hasDeltas(database.sql)) {
      await run.commit("fold report", (tx) => foldDeltas(tx, batchSize));
      run.signal.throwIfAborted();
    }
  },
};
