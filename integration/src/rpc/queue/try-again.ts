import type { Tx } from "@dozor/runtime/database";
import { type QueueAction, writeActions } from "../../store/queue-actions.ts";
import type { QueueMessage } from "../../store/queue-messages.ts";
import { beginRereading, endRereading, requeueMessages } from "../../store/queue-retry.ts";
import type { QueueContext } from "./queue-context.ts";

export type Retry = Omit<QueueAction, "action">;

/** Has failed outbound messages sent again, and writes down who wanted it. */
export async function sendAgain(tx: Tx, messages: readonly QueueMessage[], by: Retry): Promise<void> {
  await requeueMessages(tx, messages);
  await writeActions(tx, { ...by, action: "retry" }, messages);
}

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
  const { error, fingerprint } = await reread(tx, message);
  await endRereading(tx, message, { error, fingerprint, startedAt, durationMs: performance.now() - startedMs });
  await writeActions(tx, { ...by, action: "retry" }, [{ ...message, error }]);
  return error;
}
