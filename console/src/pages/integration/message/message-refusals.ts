import { type Message, MessageState } from "@dozor/proto/integration/v1/queue";

export type RefusalKey = "notFailed" | "skipped" | "laneOfNothing";

/**
 * Why a verb cannot be done with the message now; undefined when it can. The service decides; this only says it before it is asked.
 * That a failed call is repeated by its own job only the service knows, and says so when asked.
 */
export function retryRefusal({
  requestState,
  skippedAt,
}: Pick<Message, "requestState" | "skippedAt">): RefusalKey | undefined {
  if (skippedAt) return "skipped";
  return requestState === MessageState.FAILED ? undefined : "notFailed";
}

/** An object names the lane; a message about none has no lane of its own. */
export function lanePauseRefusal({ objectId }: Pick<Message, "objectId">): RefusalKey | undefined {
  return objectId === "" ? "laneOfNothing" : undefined;
}
