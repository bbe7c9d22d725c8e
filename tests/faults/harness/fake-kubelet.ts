import type { ServiceInstance } from "@dozor/mesh/service-process";
import { passTime } from "./pass-time.ts";

export type FakeKubelet = AsyncDisposable & {
  /** Names of the instances it killed, in order. */
  kills: readonly string[];
  probes(): { answered: number; failed: number; slowestMs: number };
};

type KubeletOptions = { everyMs: number; timeoutMs: number; failuresMax: number; signal: AbortSignal };

/** Probes the liveness of each instance as Kubernetes does, and kills and restarts one that failed so many times in a row. */
export function startFakeKubelet(instances: readonly ServiceInstance[], options: KubeletOptions): FakeKubelet {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const kills: string[] = [];
  const seen = { answered: 0, failed: 0, slowestMs: 0 };
  const watch = async (instance: ServiceInstance) => {
    let failures = 0;
    while (!signal.aborted) {
      await passTime(options.everyMs, signal).catch(() => {});
      if (signal.aborted) return;
      const startedAt = performance.now();
      if (await isAlive(instance, options.timeoutMs)) {
        failures = 0;
        seen.answered += 1;
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
        continue;
      }
      failures += 1;
      seen.failed += 1;
      if (failures < options.failuresMax) continue;
      failures = 0;
      kills.push(instance.name);
      await instance.kill();
      instance.start();
      await instance.ready(signal).catch(() => {});
    }
  };
  const watching = instances.map(watch);
  return {
    kills,
    probes: () => ({ ...seen }),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("nobody is probed any more"));
      await Promise.all(watching);
    },
  };
}

async function isAlive({ probeUrl }: ServiceInstance, timeoutMs: number): Promise<boolean> {
  try {
    return (await fetch(`${probeUrl}/livez`, { signal: AbortSignal.timeout(timeoutMs) })).ok;
  } catch {
    return false;
  }
}
