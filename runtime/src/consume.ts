import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Database, Tx } from "./database.ts";
import type { ConsumerSpec, Nats, Topology } from "./jetstream.ts";
import type { Log } from "./log.ts";

export type Envelope<M extends DescMessage> = {
  /** Nats-Msg-Id, which is the sender's outbox id. */
  id: string;
  message: MessageShape<M>;
  subject: string;
  headers: ReadonlyMap<string, string>;
  /** 1 on the first delivery. */
  deliveryCount: number;
  occurredAt: Date | undefined;
};
export type Consumer<C, M extends DescMessage> = {
  /** Name in logs, metrics, inbox and dead_letter; never change it, since it is part of the inbox key. */
  name: string;
  schema: M;
  /** Messages of one transaction. */
  batchMax?: number;
  handle(context: C, tx: Tx, events: readonly Envelope<M>[], signal: AbortSignal): Promise<void>;
};
export type ConsumerOptions<C, M extends DescMessage> = {
  consumer: Consumer<C, M>;
  context: C;
  spec: ConsumerSpec;
  topology: Topology;
  database: Database;
  nats: Nats;
  log: Log;
  attemptsMax?: number;
  retryDelayMs?: number;
};
export type RunningConsumer = AsyncDisposable & {
  /** Resolves when nothing is pending, in flight or waiting for redelivery. */
  drain(signal?: AbortSignal): Promise<void>;
};
export function startConsumer<C, M extends DescMessage>(_options: ConsumerOptions<C, M>): RunningConsumer {
  throw new Error("not built yet");
}
