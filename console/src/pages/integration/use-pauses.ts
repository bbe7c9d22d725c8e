import { callUnaryMethod, useQuery, useTransport } from "@connectrpc/connect-query";
import { IntegrationQueueService, type Message, type Pause } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { useNotify } from "../../parts/notices.tsx";
import { useAct } from "./use-act.ts";

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
  const { data, refetch } = useQuery(IntegrationQueueService.method.listPauses, {}, { refetchInterval: lookAgainMs });
  const { busy, act } = useAct(refetch);
  const { pauseQueue, resumeQueue } = IntegrationQueueService.method;
  return {
    pauses: data?.pauses ?? [],
    busy,
    pause: ({ source, direction, objectId }, reason) =>
      act(
        () => callUnaryMethod(transport, pauseQueue, { source, direction, objectId, reason }),
        () => notify("done", t("integration.done.paused")),
      ),
    resume: ({ source, direction, objectId }) =>
      act(
        () => callUnaryMethod(transport, resumeQueue, { source, direction, objectId }),
        () => notify("done", t("integration.done.resumed")),
      ),
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
