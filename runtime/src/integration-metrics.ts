// What every exchange with an outside system reports. The families are declared here, once, because registry and tracking both poll and an
// alert must find both under the same labels.

import { metrics, runBuckets } from "./metrics.ts";

const pollsCount = metrics.counter({
  name: "integration_polls_total",
  help: "Polls of outside systems by outcome",
  labels: ["integration", "outcome"],
});
const pollSeconds = metrics.histogram({
  name: "integration_poll_duration_seconds",
  help: "Whole polls of outside systems",
  labels: ["integration", "outcome"],
  buckets: runBuckets,
});
const lastSuccess = metrics.gauge({
  name: "integration_last_success_timestamp_seconds",
  help: "When an outside system was last polled to the end",
  labels: ["integration"],
});
const recordsCount = metrics.counter({
  name: "integration_records_total",
  help: "Records that outside systems sent, by what became of them",
  labels: ["integration", "result"],
});

/** Counts one poll that ended at `endedAt` after `seconds`. */
export function observePoll(
  integration: string,
  { outcome, seconds, endedAt }: { outcome: "success" | "failure"; seconds: number; endedAt: Date },
): void {
  pollsCount.inc({ integration, outcome });
  pollSeconds.observe({ integration, outcome }, seconds);
  if (outcome === "success") lastSuccess.set({ integration }, endedAt.getTime() / 1000);
}

/** Counts records by result. A count of zero makes the series exist. */
export function observeRecords(integration: string, counts: Readonly<Record<string, number>>): void {
  for (const [result, count] of Object.entries(counts)) recordsCount.inc({ integration, result }, count);
}
