import { create } from "@bufbuild/protobuf";
import { type Message, MessageSchema } from "@dozor/proto/integration/v1/queue";
import type { Tx } from "@dozor/runtime/database";
import { aborted, failedPrecondition, notFound } from "@dozor/runtime/errors";
import { getQueueMessage, type QueueMessage } from "../../store/queue-messages.ts";
import { lockQueueMessage } from "../../store/queue-retry.ts";
import { messageOf } from "./queue-words.ts";

/** The failed message, held until the transaction ends; an empty etag is not compared. */
export async function holdFailedMessage(
  tx: Tx,
  { recordId, etag }: { recordId: string; etag: string },
): Promise<QueueMessage> {
  const message = await lockQueueMessage(tx, recordId);
  if (message === undefined) throw notFound("message", recordId);
  if (etag !== "" && etag !== String(message.version))
    throw aborted(`message ${recordId} was changed: its etag is ${message.version}, not ${etag}`);
  if (message.skippedAt !== null) throw failedPrecondition(`message ${recordId} was skipped by ${message.skippedBy}`);
  if (message.requestState !== 4) throw failedPrecondition(`message ${recordId} has not failed`);
  return message;
}

export async function readChangedMessage(tx: Tx, recordId: string): Promise<Message> {
  const changed = await getQueueMessage(tx, recordId);
  return changed === undefined ? create(MessageSchema, { recordId }) : messageOf(changed);
}
