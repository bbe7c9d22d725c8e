import { afterPollJobs } from "./job-names.ts";

/** What follows the polls of this instance. */
export type FollowUps = {
  /** After a poll that saved something: runs the jobs over what is new, without anybody waiting. */
  begin(): void;
  /** Resolves when the jobs have seen what is saved by now: at the end of those that the newest poll began, or of a run of its own. */
  ended(): Promise<void>;
};

export function followUps(runJobs: (names: readonly string[]) => Promise<void>): FollowUps {
  let current: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    const mine = runJobs(afterPollJobs).finally(() => {
      if (current === mine) current = undefined;
    });
    current = mine;
    return mine;
  };
  return { begin: () => void begin(), ended: () => current ?? begin() };
}
