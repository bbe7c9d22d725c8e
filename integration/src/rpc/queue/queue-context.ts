import type { Database, Tx } from "@dozor/runtime/database";
import type { QueueMessage } from "../../store/queue-messages.ts";

/**
 * Reads a failed inbound message again by today's rules, in the transaction that holds its row, which is in state 2 by then. Throws FailedPrecondition
 * when there is nothing left to read again.
 *
 * @returns why it was refused again; empty when it was taken in
 */
export type Reread = (tx: Tx, message: QueueMessage) => Promise<string>;

/** What the handlers of the queue work with; made by the service. */
export type QueueContext = {
  database: Database;
  reread: Reread;
};
