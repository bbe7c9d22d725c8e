import type { Notice } from "@dozor/integration/notices/notice-channel";
import { notify } from "@dozor/integration/notices/notify";
import { appendPollCalls } from "@dozor/integration/poll-calls";
import type { Tx } from "@dozor/runtime/database";
import type { JobRun } from "@dozor/runtime/job";
import type { NoteCall, ReadCall } from "../clients/read-call.ts";
import type { RegistryContext } from "../context.ts";

/** What one poll did, for the journal and for the administrator. */
export type PollDiary = {
  note: NoteCall;
  /** Rules of records that were refused and are news. */
  refused(rules: readonly string[]): void;
  /** Writes the calls noted since the last time. */
  write(): Promise<void>;
  /**
   * Tells the administrator, once a poll: how many records were refused by which rule, and that calls fail. A record is never told by itself, so that a dirty
   * import is one notice.
   */
  tell(tx: Tx, failure: string | undefined): Promise<void>;
};

export function pollDiary(
  { channels, clock }: Pick<RegistryContext, "channels" | "clock">,
  run: Pick<JobRun, "commit">,
  source: string,
): PollDiary {
  const calls: ReadCall[] = [];
  const counts: Record<string, number> = {};
  let lastCall: { recordId: string; requestType: string } | undefined;
  const noticeOf = (what: Notice["what"], recordId: string, requestType: string, error: string): Notice => {
    const at = clock.now().toISOString();
    return {
      service: "registry",
      what,
      recordId,
      source,
      objectId: "poll",
      requestType,
      error: error.slice(0, 1_000),
      at,
    };
  };
  return {
    note: (call) => void calls.push(call),
    refused(rules) {
      for (const rule of rules) counts[rule] = (counts[rule] ?? 0) + 1;
    },
    async write() {
      if (calls.length === 0) return;
      const written = calls.splice(0);
      const ids = await run.commit("journal.calls", (tx) => appendPollCalls(tx, source, written));
      const [recordId, last] = [ids.at(-1), written.at(-1)];
      if (recordId !== undefined && last !== undefined) lastCall = { recordId, requestType: last.requestType };
    },
    async tell(tx, failure) {
      if (lastCall === undefined) return;
      const { recordId, requestType } = lastCall;
      const failed =
        failure === undefined ? [] : [{ failure: 1, notice: noticeOf("call_failed", recordId, requestType, failure) }];
      const refusals = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const text = `${refusals} records of ${source} were refused`;
      // The number only tells the two notices of one poll apart.
      const refused =
        refusals === 0
          ? []
          : [{ failure: 2, notice: { ...noticeOf("records_refused", recordId, requestType, text), counts } }];
      await notify(tx, channels, [...failed, ...refused]);
    },
  };
}
