// One holder per key, for a term, in JetStream KV. Promised: a holder which is paused or cut off stops believing in its lease before the server gives it
// to somebody else, as long as its monotonic clock runs. Not promised: that there is a single holder at every instant. A lease saves work; what makes
// work correct is the epoch in Postgres (jobs.ts).

import { type KV, NatsError } from "nats";

export type Lease = AsyncDisposable & {
  key: string;
  /** Aborts when the lease is lost, given up or no longer certain. */
  signal: AbortSignal;
  isHeld(): boolean;
  release(): Promise<void>;
};

export type LeaseOptions = {
  /** Opens the bucket, whose TTL is `ttlMs`; asked again after it was lost. */
  kv: () => Promise<KV>;
  key: string;
  /** Unique among the instances. */
  holder: string;
  ttlMs: number;
  signal?: AbortSignal;
};

export class LeaseLostError extends Error {
  constructor(key: string, why: string) {
    super(`the lease ${key} is lost: ${why}`);
    this.name = "LeaseLostError";
  }
}

/** Share of the term after which a holder that could not renew stops: the rest is for requests under way and for clocks that run unevenly. */
const trustedShare = 0.6;
const renewalsPerTerm = 6;
const wrongLastSequence = 10071;

/** One attempt; undefined when somebody else holds the key or the server cannot be asked. */
export async function acquireLease(options: LeaseOptions): Promise<Lease | undefined> {
  // The nonce tells our own value from one of an earlier life under the same name.
  const value = new TextEncoder().encode(`${options.holder} ${crypto.randomUUID()}`);
  const askedAt = performance.now();
  try {
    const kv = await options.kv();
    const revision = await kv.create(options.key, value);
    return hold(options, value, revision, askedAt);
  } catch {
    // Held by another, or the outcome is unknown: if it was ours after all, nobody renews it and it ends with its term.
    return undefined;
  }
}

function hold(options: LeaseOptions, value: Uint8Array, firstRevision: number, askedAt: number): Lease {
  const { key, ttlMs } = options;
  const lost = new AbortController();
  let revision = firstRevision;
  let trustedUntil = askedAt + ttlMs * trustedShare;
  const giveUp = (why: string) => lost.abort(new LeaseLostError(key, why));

  const renewal = setInterval(renew, ttlMs / renewalsPerTerm);
  let isRenewing = false;
  async function renew(): Promise<void> {
    if (performance.now() > trustedUntil) return giveUp("it was not renewed in time");
    if (isRenewing) return;
    isRenewing = true;
    const renewedAt = performance.now();
    try {
      revision = await renewed(options, value, revision);
      trustedUntil = renewedAt + ttlMs * trustedShare;
    } catch (error) {
      if (error instanceof LeaseLostError) giveUp(error.message);
      // Anything else is an unknown outcome: the next renewal finds out, or the time runs out.
    } finally {
      isRenewing = false;
    }
  }

  const release = async () => {
    clearInterval(renewal);
    if (lost.signal.aborted) return;
    giveUp("it was released");
    // Compare and delete: a plain delete would take the lease away from whoever holds it by now.
    await options
      .kv()
      .then((kv) => kv.delete(key, { previousSeq: revision }))
      .catch(() => {}); // It ends with its term.
  };
  lost.signal.addEventListener("abort", () => clearInterval(renewal), { once: true });
  options.signal?.addEventListener("abort", () => void release(), { once: true, signal: lost.signal });
  return {
    key,
    signal: lost.signal,
    isHeld: () => !lost.signal.aborted && performance.now() <= trustedUntil,
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** The new revision. LeaseLostError when the key is somebody else's or gone. */
async function renewed(options: LeaseOptions, value: Uint8Array, revision: number): Promise<number> {
  const kv = await options.kv();
  try {
    return await kv.update(options.key, value, revision);
  } catch (error) {
    if (!isWrongSequence(error)) throw error;
    // A renewal whose answer was lost moved the revision: the value says whether the lease is still ours.
    const entry = await kv.get(options.key);
    if (entry === null || Buffer.compare(entry.value, value) !== 0) {
      throw new LeaseLostError(options.key, entry === null ? "it ran out" : "another instance took it");
    }
    return await kv.update(options.key, value, entry.revision);
  }
}

function isWrongSequence(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === wrongLastSequence;
}
