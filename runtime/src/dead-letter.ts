// Messages that could not be processed, kept with everything needed to understand them and to try again. The neighbours of such a message go on.

import type { Queryable, Tx } from "./database.ts";
import { statement } from "./database.ts";
import { messageIdOf } from "./envelope.ts";
import type { Delivery } from "./pull.ts";

export type DeadLetterReason = "undecodable" | "failed";

export type DeadLetter = {
  id: number;
  consumer: string;
  messageId: string;
  stream: string;
  subject: string;
  schema: string | null;
  payload: Uint8Array;
  headers: Record<string, string>;
  reason: DeadLetterReason;
  /** The error's chain of messages. */
  cause: string;
  attempts: number;
  state: "open" | "retry" | "processed" | "discarded";
  createdAt: Date;
  updatedAt: Date;
};

const columns = (sql: Queryable) => sql`
  id, consumer, message_id as "messageId", stream, subject, schema, payload, headers, reason, cause, attempts, state,
  created_at as "createdAt", updated_at as "updatedAt"`;

export async function insertDeadLetter(
  tx: Tx,
  letter: {
    consumer: string;
    stream: string;
    delivery: Delivery;
    reason: DeadLetterReason;
    cause: string;
    attempts: number;
  },
): Promise<void> {
  const { consumer, stream, delivery, reason, cause, attempts } = letter;
  const headers = Object.fromEntries(delivery.headers);
  const messageId = messageIdOf(delivery.headers) ?? `${stream}/${delivery.streamSequence}`;
  await statement(
    "dead_letter.insert",
    tx`
      insert into runtime.dead_letter (consumer, message_id, stream, subject, schema, payload, headers, reason, cause, attempts)
      values (${consumer}, ${messageId}, ${stream}, ${delivery.subject}, ${delivery.headers.get("Dozor-Schema") ?? null},
        ${Buffer.from(delivery.bytes)}, ${tx.json(headers)}, ${reason}, ${cause.slice(0, 4_000)}, ${attempts})
      on conflict on constraint dead_letter_is_written_once
      do update set cause = excluded.cause, attempts = excluded.attempts, state = 'open', updated_at = now()`,
  );
}

/** The next letter of this consumer which somebody asked to retry, locked until the transaction ends. */
export async function nextRetry(tx: Tx, consumer: string): Promise<DeadLetter | undefined> {
  const [letter] = await statement(
    "dead_letter.next_retry",
    tx<DeadLetter[]>`
      select ${columns(tx)} from runtime.dead_letter
      where consumer = ${consumer} and state = 'retry' order by id limit 1
      for update skip locked`,
  );
  return letter;
}

export async function finishRetry(
  sql: Queryable,
  id: number,
  outcome: { processed: true } | { processed: false; cause: string },
): Promise<void> {
  const state = outcome.processed ? "processed" : "open";
  const cause = outcome.processed ? null : outcome.cause.slice(0, 4_000);
  await statement(
    "dead_letter.finish_retry",
    sql`
      update runtime.dead_letter set state = ${state}, cause = coalesce(${cause}, cause), attempts = attempts + 1, updated_at = now()
      where id = ${id}`,
  );
}
