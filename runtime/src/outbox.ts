import type { Database, Tx } from "./database.ts";
import type { Nats, Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";

/** Messages of one key keep their lane; a lane has one publisher at a time. */
export const outboxLaneCount = 8;
export type OutboxMessage = { topic: string; key: string; schema: string; payload: Uint8Array };
export async function outboxAppend(_tx: Tx, _messages: readonly OutboxMessage[]): Promise<void> {
  throw new Error("not built yet");
}
export type OutboxRelayOptions = {
  database: Database;
  nats: Nats;
  /** Whose streams the topics go to; used to recreate a stream which was lost. */
  topology: Topology;
  subjectOf: (topic: string, lane: number) => string;
  log: Log;
  batchMax?: number;
  pollMs?: number;
  retentionMs?: number;
  holder?: string;
};
export type OutboxRelay = AsyncDisposable & {
  /** Resolves when no row waits for publishing. */
  drain(signal?: AbortSignal): Promise<void>;
};
export function startOutboxRelay(_options: OutboxRelayOptions): OutboxRelay {
  throw new Error("not built yet");
}
/** Sends again what was published since the given time: the consumers' inboxes and version gates make it harmless. */
export async function replayOutbox(
  _database: Database,
  _options: { publishedSince: Date; topic?: string },
): Promise<number> {
  throw new Error("not built yet");
}
