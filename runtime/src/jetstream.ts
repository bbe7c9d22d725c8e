import type { JetStreamClient, JetStreamManager, KV, NatsConnection } from "nats";
import type { Log } from "./log.ts";

export type Nats = AsyncDisposable & {
  connection: NatsConnection;
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  isConnected(): boolean;
};
export type NatsOptions = {
  url: string;
  name: string;
  log: Log;
  user?: string;
  password?: string;
  credentialsFile?: string;
  tls?: { caFile: string; certFile?: string; keyFile?: string };
  signal?: AbortSignal;
};
export async function connectNats(_options: NatsOptions): Promise<Nats> {
  throw new Error("not built yet");
}
export type StreamSpec = {
  name: string;
  subjects: readonly string[];
  maxAgeMs?: number;
  maxBytes?: number;
  replicas?: number;
  duplicateWindowMs?: number;
};
export type ConsumerSpec = {
  stream: string;
  durable: string;
  filterSubject?: string;
  ackWaitMs?: number;
  maxAckPending?: number;
};
export type LeaseBucketSpec = { bucket: string; ttlMs: number; replicas?: number };
export type Topology = {
  streams: readonly StreamSpec[];
  consumers: readonly ConsumerSpec[];
  leaseBucket?: LeaseBucketSpec;
};
/** Creates what is missing and updates what may be updated; safe to repeat and to race. */
export async function provision(_nats: Nats, _topology: Topology): Promise<{ created: string[] }> {
  throw new Error("not built yet");
}
/** Throws one error which names each difference between what the server has and what the topology says. */
export async function verify(_nats: Nats, _topology: Topology): Promise<void> {
  throw new Error("not built yet");
}
export async function leaseBucket(_nats: Nats, _spec: LeaseBucketSpec): Promise<KV> {
  throw new Error("not built yet");
}
