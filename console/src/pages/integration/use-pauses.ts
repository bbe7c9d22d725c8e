import { callUnaryMethod, useQuery, useTransport } from "@connectrpc/connect-query";
import { IntegrationQueueService, type Message, type Pause } from "@dozor/proto/integration/v1/queue";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";

// Pauses are rare and another's may end at any time.
const lookAgainMs = 15_000;

export type PauseKey = Pick<Pause, "source" | "direction" | "objectId">;
export type Pauses = {
  pauses: readonly Pause[];
  busy: boolean;
  /** Each answers whether it was done. */
  pause: (key: PauseKey, reason: string) => Promise<boolean>;
  resume: (key: PauseKey) => Promise<boolean>;
};

/** Who holds up what in the journal of the service around, and the two verbs over it. */
export function usePauses(): Pauses {
  const { t } = useTranslation();
  const notify = useNotify();
  const transport = useTransport();
  const [busy, setBusy] = useState(false);
  const { data, refetch } = useQuery(IntegrationQueueService.method.listPauses, {}, { refetchInterval: lookAgainMs });
  const act = async (name: "paused" | "resumed", call: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await call();
      notify("done", t(`integration.done.${name}`));
      return true;
    } catch (error) {
      notify("failed", `${t("integration.failed")}. ${t(`common.error.${errorKey(error)}`)}`);
      return false;
    } finally {
      setBusy(false);
      await refetch();
    }
  };
  const { pauseQueue, resumeQueue } = IntegrationQueueService.method;
  return {
    pauses: data?.pauses ?? [],
    busy,
    pause: ({ source, direction, objectId }, reason) =>
      act("paused", () => callUnaryMethod(transport, pauseQueue, { source, direction, objectId, reason })),
    resume: ({ source, direction, objectId }) =>
      act("resumed", () => callUnaryMethod(transport, resumeQueue, { source, direction, objectId })),
  };
}

/** The pauses that hold this message up: of its whole queue, of its lane. */
export function pausesOf(pauses: readonly Pause[], { source, direction, objectId }: Pick<Message, keyof PauseKey>) {
  const ofQueue = pauses.filter((each) => each.source === source && each.direction === direction);
  return {
    queue: ofQueue.find((each) => each.objectId === ""),
    lane: ofQueue.find((each) => each.objectId !== "" && each.objectId === objectId),
  };
}
