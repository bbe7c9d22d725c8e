// Health for the orchestrator. Promised: /livez answers while the main thread computes, and turns bad only when that thread has not taken a turn for
// `stallMs`; liveness touches no dependency, so that an outage of Postgres restarts nobody. Not promised: that a live process makes progress.

import { probeSlots } from "./probe-slots.ts";

export type Probe = AsyncDisposable & {
  url: string;
  /** Startup is over. */
  setStarted(): void;
  /** Whether calls may be sent here. */
  setReady(ready: boolean): void;
};
export type ProbeOptions = {
  host?: string;
  port: number;
  /** Silence of the main thread after which it counts as stuck. Default 60 s: a tenth of a core makes everything ten times slower. */
  stallMs?: number;
};

const beatMs = 250;

export async function startProbe(options: ProbeOptions): Promise<Probe> {
  const host = options.host ?? "127.0.0.1";
  const shared = new SharedArrayBuffer(8 * Object.keys(probeSlots).length);
  const slots = new BigInt64Array(shared);
  const write = (slot: number, value: number) => Atomics.store(slots, slot, BigInt(value));
  write(probeSlots.beatAt, Date.now());
  const worker = new Worker(new URL("./probe-worker.ts", import.meta.url).href);
  const port = await listening(worker, { host, port: options.port, stallMs: options.stallMs ?? 60_000, shared });
  const beat = setInterval(() => write(probeSlots.beatAt, Date.now()), beatMs);
  return {
    url: `http://${host}:${port}`,
    setStarted: () => write(probeSlots.isStarted, 1),
    setReady: (ready) => write(probeSlots.isReady, ready ? 1 : 0),
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      worker.terminate();
    },
  };
}

function listening(worker: Worker, start: object): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ port: number } | { error: string }>) => {
      if ("port" in data) resolve(data.port);
      else reject(new Error(`start the probe: ${data.error}`));
    };
    worker.onerror = (event) => reject(new Error(`start the probe: ${event.message}`));
    worker.postMessage(start);
  });
}
