import { setTimeout as delay } from "node:timers/promises";
import type { Exit } from "./child-process.ts";
import type { Mesh } from "./mesh.ts";
import { serviceNames } from "./ports.ts";
import type { Program } from "./program.ts";
import type { ServiceInstance } from "./service-process.ts";

/** Something that is started again when it ends. */
export type Kept = {
  name: string;
  /** The end of its life of now. */
  exited(): Promise<Exit>;
  start(signal: AbortSignal): Promise<void>;
};
export type KeepOptions = {
  /** Told of each end and of each start that failed, in one line. */
  say: (line: string) => void;
  /** Before a start: the first pause, doubled up to the longest while lives are shorter than `calmMs`, in milliseconds. */
  pauseMs?: number;
  pauseMsMax?: number;
  calmMs?: number;
};

const storeLookMs = 1000;

/**
 * Does for a mesh on this machine what an orchestrator does in production: whatever ends is started again, until this is disposed, which must come before
 * the mesh stops. Tests that kill by plan go without it.
 */
export function keepMeshRunning(mesh: Mesh, options: KeepOptions): AsyncDisposable {
  const { postgres, nats, simulators, console: console_ } = mesh;
  const programs = [postgres, nats, ...(simulators?.programs ?? []), ...(console_ ? [console_] : [])];
  const instances = serviceNames.flatMap((service) => mesh.services[service]);
  const keeping = keepRunning([...programs.map(keptProgram), ...instances.map(keptInstance)], options);
  // It goes on over files that were deleted until the open one is full, and then refuses every message.
  const looking = setInterval(() => {
    if (!nats.child.isRunning() || !nats.isStoreGone()) return;
    options.say(`${nats.name} lost its store and is killed`);
    void nats.child.kill();
  }, storeLookMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      await keeping[Symbol.asyncDispose]();
    },
  };
}

function keptProgram(program: Program): Kept {
  return {
    name: program.name,
    exited: () => program.child.exited,
    start: (signal) => program.start(signal),
  };
}

function keptInstance(instance: ServiceInstance): Kept {
  return { name: instance.name, exited: () => instance.exited(), start: async () => instance.start() };
}

export function keepRunning(all: readonly Kept[], options: KeepOptions): AsyncDisposable {
  const stop = new AbortController();
  const keeping = all.map((kept) => keep(kept, options, stop.signal));
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the mesh stops"));
      await Promise.all(keeping);
    },
  };
}

async function keep(kept: Kept, options: KeepOptions, signal: AbortSignal): Promise<void> {
  const { say, pauseMs: pauseMsMin = 200, pauseMsMax = 10_000, calmMs = 60_000 } = options;
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
  let pauseMs = pauseMsMin;
  let startedAt = performance.now();
  let problem: string | undefined;
  for (;;) {
    if (problem === undefined) {
      const exit = await Promise.race([stopped, kept.exited()]);
      if (exit === undefined || signal.aborted) return;
      problem = `ended (${exit.signal ?? `code ${exit.code}`})`;
      if (performance.now() - startedAt >= calmMs) pauseMs = pauseMsMin;
    }
    say(`${kept.name} ${problem}; started again in ${pauseMs / 1000} s`);
    await delay(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
    startedAt = performance.now();
    try {
      await kept.start(signal);
      problem = undefined;
    } catch (error) {
      if (signal.aborted) return;
      // A port or a directory may still be held by the one that is dying.
      problem = `did not start (${firstLine(error)})`;
    }
  }
}

/** Without the end of its log, which follows. */
function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/; its last lines:$/, "");
}
