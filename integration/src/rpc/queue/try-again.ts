import type { Tx } from "@dozor/runtime/database";
import { type QueueAction, writeActions } from "../../store/queue-actions.ts";
import { listDeliverable } from "../../store/queue-lanes.ts";
import type { QueueMessage } from "../../store/queue-messages.ts";
import { beginRereading, endRereading, requeueMessages } from "../../store/queue-retry.ts";
import type { QueueContext } from "./queue-context.ts";

export type Retry = Omit<QueueAction, "action">;

/**
 * Has failed outbound messages sent again, and writes down who wanted it.
 *
 * @returns the ids of those that nobody sends from the journal: they are calls which are repeated by whoever made them
 */
export async function sendAgain(tx: Tx, messages: readonly QueueMessage[], by: Retry): Promise<Set<string>> {
  const deliverable = await listDeliverable(
    tx,
    messages.map(({ recordId }) => recordId),
  );
  const sent = messages.filter(({ recordId }) => deliverable.has(recordId));
  if (sent.length > 0) await requeueMessages(tx, sent);
  if (sent.length > 0) await writeActions(tx, { ...by, action: "retry" }, sent);
  return new Set(messages.flatMap(({ recordId }) => (deliverable.has(recordId) ? [] : [recordId])));
}

export const repeatedByItself = "it is a call that its job repeats by itself";

/**
 * Reads a failed inbound message again, and writes down who wanted it and what became of it.
 *
 * @returns why it was refused again; empty when it was taken in
 */
export async function readAgain(
  tx: Tx,
  { reread }: Pick<QueueContext, "reread">,
  message: QueueMessage,
  by: Retry,
): Promise<string> {
  const startedAt = new Date();
  const startedMs = performance.now();
  await beginRereading(tx, message);
  const error = await reread(tx, message);
  await endRereading(tx, message, { error, startedAt, durationMs: performance.now() - startedMs });
  await writeActions(tx, { ...by, action: "retry" }, [{ ...message, error }]);
  return error;
}
