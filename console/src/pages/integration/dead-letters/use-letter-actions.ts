import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { useNotify } from "../../../parts/notices.tsx";
import { useAct } from "../use-act.ts";

export type LetterActions = {
  busy: boolean;
  /** Each answers whether it was done. */
  redrive: (ids: readonly bigint[], reason: string) => Promise<boolean>;
  redriveConsumer: (consumer: string, reason: string) => Promise<boolean>;
  discard: (ids: readonly bigint[], reason: string) => Promise<boolean>;
};

export function useLetterActions(reload: () => Promise<unknown>): LetterActions {
  const { t, i18n } = useTranslation();
  const transport = useTransport();
  const notify = useNotify();
  const { busy, act } = useAct(reload);
  // Somebody else may have settled them a moment ago: the number says how many were left.
  const told = (name: "redriven" | "discarded") => (count: bigint) =>
    notify("done", t(`integration.letters.done.${name}`, { value: formatCount(count, i18n.language) }));
  const { redriveDeadLetters, discardDeadLetters } = DeadLetterService.method;
  return {
    busy,
    redrive: (ids, reason) =>
      act(
        async () => (await callUnaryMethod(transport, redriveDeadLetters, { ids: [...ids], reason })).redriven,
        told("redriven"),
      ),
    redriveConsumer: (consumer, reason) =>
      act(
        async () => (await callUnaryMethod(transport, redriveDeadLetters, { consumer, reason })).redriven,
        told("redriven"),
      ),
    discard: (ids, reason) =>
      act(
        async () => (await callUnaryMethod(transport, discardDeadLetters, { ids: [...ids], reason })).discarded,
        told("discarded"),
      ),
  };
}
