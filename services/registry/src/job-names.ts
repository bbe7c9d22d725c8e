/** Names under which RPCs ask for jobs. */
export const pollJobName = (source: string) => `poll-${source}`;

/** What follows a poll, in this order: one works on what the one before left. */
export const afterPollJobs = [
  "enrich-counterparties",
  "publish-snapshots",
  "find-vin-duplicates",
  "find-source-conflicts",
  "measure-quality",
] as const;
export type AfterPollJob = (typeof afterPollJobs)[number];
