import { Code, ConnectError } from "@connectrpc/connect";
import { callUnaryMethod, useTransport } from "@connectrpc/connect-query";
import { IntegrationQueueService, type Message, MessageState } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { useNotify } from "../../../parts/notices.tsx";
import { useAct } from "../use-act.ts";

export type MessageActions = {
  busy: boolean;
  /** Each answers whether it was done. */
  retry: (reason: string) => Promise<boolean>;
  skip: (reason: string) => Promise<boolean>;
};

/** Decided on the version of the message that the person sees. */
export function useMessageActions(message: Message, reload: () => Promise<unknown>): MessageActions {
  const { t } = useTranslation();
  const transport = useTransport();
  const notify = useNotify();
  const { busy, act } = useAct(reload, { whyNot: whatIsForbidden });
  const { recordId, etag } = message;
  const { retryMessage, skipMessage } = IntegrationQueueService.method;
  return {
    busy,
    retry: (reason) =>
      act(
        async () => (await callUnaryMethod(transport, retryMessage, { recordId, etag, reason })).message,
        (after) => {
          // An inbound one is read before the call returns, and may be refused once more.
          if (after?.requestState === MessageState.FAILED) notify("failed", t("integration.done.refusedAgain"));
          else
            notify(
              "done",
              t(
                after?.requestState === MessageState.PROCESSED
                  ? "integration.done.takenIn"
                  : "integration.done.requeued",
              ),
            );
        },
      ),
    skip: (reason) =>
      act(
        async () => (await callUnaryMethod(transport, skipMessage, { recordId, etag, reason })).message,
        () => notify("done", t("integration.done.skipped")),
      ),
  };
}

/** The service says what the state forbids, such as a call that its job repeats by itself; no phrase of ours is as exact. */
function whatIsForbidden(error: unknown): string | undefined {
  const { code, rawMessage } = ConnectError.from(error);
  return code === Code.FailedPrecondition ? rawMessage : undefined;
}
