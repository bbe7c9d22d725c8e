/** An outbound message as it is handed to whoever sends it. */
export type OutgoingMessage = {
  /** UUID; what the other side tells repeats by. */
  recordId: string;
  source: string;
  objectId: string;
  requestType: string;
  body: unknown;
  writtenAt: Date;
};

/** What became of one attempt. `excerpt` is the beginning of the answer. */
export type SendOutcome = { excerpt: string } & (
  | { result: "accepted"; status: number }
  | { result: "refused"; status?: number; error: string }
  | { result: "unavailable"; status?: number; error: string; retryAfterMs?: number }
);

/** Sends the messages of one queue. */
export type Sender = {
  /** The messages that it sends are of this source. */
  source: string;
  /** Messages of different objects in flight at once. */
  parallelMax: number;
  /** Whether the administrator hears of messages that failed for good. */
  isNoticed: boolean;
  /** Never rejects but when the signal aborts; has a deadline of its own. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome>;
};
