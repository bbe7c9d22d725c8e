import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { logTail } from "./log-tail.ts";
import { peakRssMiBOf } from "./process-table.ts";
import type { Watchdog } from "./watchdog.ts";

export type ChildOptions = {
  name: string;
  command: readonly [string, ...string[]];
  env?: Record<string, string | undefined>;
  cwd?: string;
  logFile: string;
  watchdog: Watchdog;
  /** What asks it to stop (SIGTERM). */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to stop before it is killed, in milliseconds (10,000). */
  graceMs?: number;
  account?: { uid: number; gid: number } | undefined;
};
export type ReadyOptions = { deadlineMs: number; signal?: AbortSignal | undefined };
export type Exit = { code: number | null; signal: NodeJS.Signals | null };
export type Child = AsyncDisposable & {
  name: string;
  pid: number;
  exited: Promise<Exit>;
  isRunning(): boolean;
  /** Highest resident memory seen so far, in MiB; kept after the end. */
  peakRssMiB(): number;
  /** Resolves when the check holds; rejects at once, with the end of the log, when the child ends first. */
  ready(check: () => Promise<boolean>, options: ReadyOptions): Promise<void>;
  /** Asks it to stop, waits for the grace period, then kills it; an ended child is no error. */
  stop(): Promise<Exit>;
  kill(): Promise<Exit>;
  pause(): void;
  resume(): void;
};

/** Starts a program whose output goes to a log file and which ends when we do, however we end. */
export function startChild(options: ChildOptions): Child {
  const { name, command, watchdog, logFile, stopSignal = "SIGTERM", graceMs = 10_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a", 0o644);
  const process_ = spawn(command[0], command.slice(1), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    detached: true,
    ...options.account,
  });
  closeSync(log);
  const pid = process_.pid ?? 0;
  if (pid > 0) watchdog.watch({ pid, signal: stopSignal, graceMs });

  let exit: Exit | undefined;
  let peakMiB = 0;
  const sample = () => {
    peakMiB = Math.max(peakMiB, peakRssMiBOf(pid) ?? 0);
  };
  const sampler = setInterval(sample, 500);
  sampler.unref();
  const exited = new Promise<Exit>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      exit = { code, signal };
      clearInterval(sampler);
      watchdog.forget(pid);
      resolve(exit);
    };
    process_.once("exit", end);
    process_.once("error", () => end(127, null));
  });
  const send = (signal: NodeJS.Signals) => {
    sample();
    if (exit === undefined && pid > 0) process_.kill(signal);
  };

  const child: Child = {
    name,
    pid,
    exited,
    isRunning: () => exit === undefined,
    peakRssMiB() {
      sample();
      return peakMiB;
    },
    async ready(check, { deadlineMs, signal }) {
      const deadline = performance.now() + deadlineMs;
      for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.3, 100)) {
        signal?.throwIfAborted();
        if (exit !== undefined) {
          throw new Error(
            `start ${name}: it ended (${exit.signal ?? `code ${exit.code}`}); its last lines:\n${logTail(logFile, 15)}`,
          );
        }
        if (await check()) return;
        if (performance.now() > deadline) {
          throw new Error(`start ${name}: not ready after ${deadlineMs} ms; its last lines:\n${logTail(logFile, 15)}`);
        }
        await Promise.race([Bun.sleep(waitMs), exited]);
      }
    },
    async stop() {
      send(stopSignal);
      send("SIGCONT");
      const killer = setTimeout(() => send("SIGKILL"), graceMs);
      const end = await exited;
      clearTimeout(killer);
      return end;
    },
    async kill() {
      send("SIGKILL");
      return exited;
    },
    pause: () => send("SIGSTOP"),
    resume: () => send("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await child.stop();
    },
  };
  return child;
}

/** Starts a program and resolves when the check holds; one that does not come so far is stopped. */
export async function startReadyChild(
  options: ChildOptions,
  check: (child: Child) => Promise<boolean>,
  until: ReadyOptions,
): Promise<Child> {
  const child = startChild(options);
  try {
    await child.ready(() => check(child), until);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
}
