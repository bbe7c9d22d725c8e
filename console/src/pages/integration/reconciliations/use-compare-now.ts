import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { type Reconciliation, ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { useEffect, useRef, useState } from "react";
import { useAct } from "../use-act.ts";

// Less than what the console waits for an answer; a comparison that takes longer is asked for again and joined.
const waitMs = 15_000;

export type CompareNow = {
  /** Of which kind the comparison is that goes on now. */
  comparing: "quick" | "thorough" | undefined;
  /** What the last one found that was asked for here. */
  result: Reconciliation | undefined;
  compare: (kind: "quick" | "thorough") => Promise<boolean>;
};

/** Compares and waits for the end, however long it takes. It goes on without us when the page is left. */
export function useCompareNow(reload: () => Promise<unknown>): CompareNow {
  const transport = useTransport();
  const { act } = useAct(reload);
  const [comparing, setComparing] = useState<CompareNow["comparing"]>();
  const [result, setResult] = useState<Reconciliation>();
  const left = useRef(new AbortController());
  useEffect(() => {
    left.current = new AbortController();
    return () => left.current.abort();
  }, []);

  async function untilTheEnd(thorough: boolean, signal: AbortSignal): Promise<Reconciliation | undefined> {
    while (!signal.aborted) {
      const call = callUnaryMethod(
        transport,
        ReconciliationService.method.reconcileNow,
        { thorough, waitMs },
        { signal },
      );
      const { finished, reconciliation } = await call;
      if (finished) return reconciliation;
      // By now it stands in the list as the one that runs.
      await reload();
    }
    return undefined;
  }

  return {
    comparing,
    result,
    async compare(kind) {
      const { signal } = left.current;
      setComparing(kind);
      setResult(undefined);
      try {
        return await act(
          () =>
            untilTheEnd(kind === "thorough", signal).catch((error: unknown) => {
              // Whoever left the page does not want to hear that nobody waits any more.
              if (signal.aborted) return undefined;
              throw error;
            }),
          setResult,
        );
      } finally {
        setComparing(undefined);
      }
    },
  };
}
