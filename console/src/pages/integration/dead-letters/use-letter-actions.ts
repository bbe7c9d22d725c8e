import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { errorKey } from "../../../lib/words/error-words.ts";
import { useNotify } from "../../../parts/notices.tsx";

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
  const [busy, setBusy] = useState(false);
  const act = async (name: "redriven" | "discarded", call: () => Promise<bigint>) => {
    setBusy(true);
    try {
      // Somebody else may have settled them a moment ago: the number says how many were left.
      notify("done", t(`integration.letters.done.${name}`, { value: formatCount(await call(), i18n.language) }));
      return true;
    } catch (error) {
      notify("failed", `${t("integration.failed")}. ${t(`common.error.${errorKey(error)}`)}`);
      return false;
    } finally {
      setBusy(false);
      await reload();
    }
  };
  const { redriveDeadLetters, discardDeadLetters } = DeadLetterService.method;
  return {
    busy,
    redrive: (ids, reason) =>
      act(
        "redriven",
        async () => (await callUnaryMethod(transport, redriveDeadLetters, { ids: [...ids], reason })).redriven,
      ),
    redriveConsumer: (consumer, reason) =>
      act(
        "redriven",
        async () => (await callUnaryMethod(transport, redriveDeadLetters, { consumer, reason })).redriven,
      ),
    discard: (ids, reason) =>
      act(
        "discarded",
        async () => (await callUnaryMethod(transport, discardDeadLetters, { ids: [...ids], reason })).discarded,
      ),
  };
}
