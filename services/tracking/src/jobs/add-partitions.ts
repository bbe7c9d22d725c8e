import type { Job } from "@dozor/runtime/job";
import type { Context } from "../context.ts";
import { addPartitions, monthOf, partitionedMonths } from "../store/partitions.ts";

/** Makes the partitions of this month and the next two ahead of time, so that no poll has to wait for a lock at midnight. */
export const addPartitionsAhead: Job<Context> = {
  name: "add-partitions",
  everyMs: 21_600_000,
  atStart: true,
  async runOnce({ clock, database }, run) {
    const known = await partitionedMonths(database.sql);
    const ahead = [0, 1, 2].map((count) => {
      const now = clock.now();
      return monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + count, 1)));
    });
    const missing = ahead.filter((month) => month !== undefined && !known.has(month)).map(String);
    if (missing.length > 0) await run.commit("partition.add", (tx) => addPartitions(tx, missing));
  },
};
