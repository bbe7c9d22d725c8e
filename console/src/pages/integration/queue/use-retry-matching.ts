import { ConnectError } from "@connectrpc/connect";
import { useTransport } from "@connectrpc/connect-query";
import { IntegrationQueueService, type RetryResult, type RetrySummary } from "@dozor/proto/integration/v1/queue";
import { useEffect, useRef, useState } from "react";
import { filterOf, type QueueSearch } from "./queue-search.ts";

export const refusalsShownMax = 200;
// Hundreds of results come in a second; the page shows the progress four times.
const gatherMs = 250;

export type RetryProgress = {
  phase: "counting" | "counted" | "retrying" | "broken" | "done";
  matched: number;
  done: number;
  refused: number;
  /** The first of those that could not be tried again. */
  refusals: readonly RetryResult[];
  summary: RetrySummary | undefined;
  error: Error | undefined;
};

const nothingYet: RetryProgress = {
  phase: "counting",
  matched: 0,
  done: 0,
  refused: 0,
  refusals: [],
  summary: undefined,
  error: undefined,
};

/** Counts what would be tried again, then does it and tells how far it is. One that broke off goes on where it was. */
export function useRetryMatching(search: QueueSearch) {
  const transport = useTransport();
  const [progress, setProgress] = useState(nothingYet);
  const stop = useRef(new AbortController());
  // The same for every attempt of one decision, so that going on does nothing twice.
  const requestId = useRef("");
  useEffect(() => () => stop.current.abort(), []);

  const call = async (input: { expectedCount?: bigint; reason?: string; requestId?: string }) => {
    stop.current.abort();
    stop.current = new AbortController();
    const { signal } = stop.current;
    const next: RetryProgress = { ...nothingYet, phase: input.expectedCount === undefined ? "counting" : "retrying" };
    let shownAt = 0;
    const show = (always: boolean) => {
      if (signal.aborted || (!always && performance.now() - shownAt < gatherMs)) return;
      shownAt = performance.now();
      setProgress({ ...next, refusals: [...next.refusals] });
    };
    const refusals: RetryResult[] = [];
    next.refusals = refusals;
    show(true);
    const request = { filter: filterOf(search), ...input };
    try {
      const { message } = await transport.stream(
        IntegrationQueueService.method.retryMatching,
        signal,
        0,
        undefined,
        one(request),
      );
      for await (const { event } of message) {
        if (event.case === "matched") next.matched = Number(event.value);
        if (event.case === "summary") next.summary = event.value;
        if (event.case === "result") {
          next.done += 1;
          if (event.value.error !== "") next.refused += 1;
          if (event.value.error !== "" && refusals.length < refusalsShownMax) refusals.push(event.value);
        }
        show(false);
      }
      next.phase = input.expectedCount === undefined ? "counted" : "done";
    } catch (error) {
      next.phase = "broken";
      next.error = ConnectError.from(error);
    }
    show(true);
  };

  return {
    progress,
    /** Begins anew: another decision. */
    count: () => {
      requestId.current = crypto.randomUUID();
      return call({});
    },
    retry: (reason: string, matched: number) =>
      call({ expectedCount: BigInt(matched), reason, requestId: requestId.current }),
    leave: () => stop.current.abort(),
  };
}

async function* one<T>(value: T): AsyncIterable<T> {
  yield value;
}
