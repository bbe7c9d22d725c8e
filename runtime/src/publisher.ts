// Publishes a batch to JetStream and waits for all acknowledgements together. The client's own publish keeps a promise, a timer and a stack trace per
// message, which costs more than the message. Promised: what is called stored was stored, now or before under the same id. Not promised: that it is
// still there; a stream remembers ids of messages that were purged from it, and so each duplicate is named with its sequence.

import { createInbox, type Msg, type MsgHdrs } from "nats";
import type { Nats } from "./nats-connection.ts";

export type Outgoing = { subject: string; headers: MsgHdrs; payload: Uint8Array };

export type Publisher = Disposable & {
  /** The indexes of what was stored, which of it was there before, and the first failure if something was not. Never rejects. */
  publishAll(messages: readonly Outgoing[], timeoutMs: number): Promise<Published>;
};

export type Duplicate = { index: number; stream: string; sequence: number };
export type Published = { stored: number[]; duplicates: Duplicate[]; failure: Error | undefined };
type Batch = Published & { left: number; done: () => void };

export function createPublisher(nats: Nats): Publisher {
  const inbox = createInbox();
  const batches = new Map<number, Batch>();
  let batchCount = 0;
  const subscription = nats.connection.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error !== null) return;
      const [batchNumber, index] = message.subject
        .slice(inbox.length + 1)
        .split("_")
        .map(Number);
      const batch = batches.get(batchNumber ?? -1);
      if (batch === undefined || index === undefined) return;
      const answer = answerOf(message);
      if ("refusal" in answer) batch.failure ??= new Error(`publish a batch: ${answer.refusal}`);
      else batch.stored.push(index);
      if ("duplicateOf" in answer) batch.duplicates.push({ index, ...answer.duplicateOf });
      batch.left -= 1;
      if (batch.left === 0) batch.done();
    },
  });
  return {
    async publishAll(messages, timeoutMs) {
      // The client would keep the messages until the server is back, on every attempt.
      if (!nats.isConnected())
        return { stored: [], duplicates: [], failure: new Error("publish a batch: not connected to NATS") };
      const number = batchCount++;
      const all = Promise.withResolvers<void>();
      const batch: Batch = {
        left: messages.length,
        stored: [],
        duplicates: [],
        failure: undefined,
        done: all.resolve,
      };
      batches.set(number, batch);
      const timer = setTimeout(() => {
        batch.failure ??= new Error(
          `publish a batch: ${batch.left} of ${messages.length} not acknowledged within ${timeoutMs} ms`,
        );
        all.resolve();
      }, timeoutMs);
      try {
        for (const [index, { subject, headers, payload }] of messages.entries()) {
          nats.connection.publish(subject, payload, { headers, reply: `${inbox}.${number}_${index}` });
        }
        await all.promise;
      } catch (error) {
        // Closed, or larger than the server takes: the acknowledgements of what was sent before may still come.
        batch.failure ??= new Error("publish a batch", { cause: error });
      } finally {
        clearTimeout(timer);
        batches.delete(number);
      }
      return { stored: batch.stored, duplicates: batch.duplicates, failure: batch.failure };
    },
    [Symbol.dispose]() {
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
}

type PublishAck = {
  stream?: string;
  seq?: number;
  duplicate?: boolean;
  error?: { err_code: number; description: string };
};
type Answer = { refusal: string } | { stored: true } | { duplicateOf: { stream: string; sequence: number } };

function answerOf(message: Msg): Answer {
  if (message.headers?.code === 503) return { refusal: "no stream takes this subject" };
  const { error, duplicate = false, stream = "", seq: sequence = 0 } = message.json<PublishAck>();
  if (error !== undefined) return { refusal: `${error.err_code} ${error.description}` };
  if (!duplicate) return { stored: true };
  // Clusters before 2.11 may answer this for a message which was dropped at a change of leader.
  return sequence === 0 ? { refusal: "called a duplicate and not stored" } : { duplicateOf: { stream, sequence } };
}
