import type { KV } from "nats";

export type Lease = AsyncDisposable & {
  key: string;
  /** Aborts when the lease is lost, given up or no longer certain. */
  signal: AbortSignal;
  isHeld(): boolean;
  release(): Promise<void>;
};
export type LeaseOptions = { kv: () => Promise<KV>; key: string; holder: string; ttlMs: number; signal?: AbortSignal };
/** One attempt; undefined when somebody else holds the key or the server cannot be asked. */
export async function acquireLease(_options: LeaseOptions): Promise<Lease | undefined> {
  throw new Error("not built yet");
}
