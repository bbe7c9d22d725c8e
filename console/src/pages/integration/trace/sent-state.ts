import type { Message } from "@dozor/proto/integration/v1/queue";
import { MessageState } from "@dozor/proto/integration/v1/queue";
import { HopState } from "@dozor/proto/monitoring/v1/trace";

/**
 * Whether every receiver has what registry has, by the messages sent to them, newest first: the newest one of each must be accepted and carry
 * that version. Undefined when nothing was sent: nobody asked for it.
 */
export function sentState(
  messages: readonly Pick<Message, "source" | "requestState" | "objectVersion">[],
  version: bigint,
): HopState | undefined {
  const newest = new Map<string, Pick<Message, "requestState" | "objectVersion">>();
  for (const message of messages) if (!newest.has(message.source)) newest.set(message.source, message);
  if (newest.size === 0) return undefined;
  const isThere = [...newest.values()].every(
    ({ requestState, objectVersion }) =>
      requestState === MessageState.PROCESSED && (objectVersion === "" || objectVersion === String(version)),
  );
  return isThere ? HopState.EQUAL : HopState.BEHIND;
}
