import { spawn } from "node:child_process";
import { repositoryRoot } from "./repository.ts";
import type { Watchdog } from "./watchdog.ts";

export type BunRun = { env?: Record<string, string>; graceMs: number; watchdog: Watchdog; signal: AbortSignal };

/** Runs Bun in the repository, its output ours, and answers its exit code. An abort asks it to stop; when we die it has `graceMs` to. */
export function runBun(args: string[], { env = {}, graceMs, watchdog, signal }: BunRun): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    const pid = child.pid ?? 0;
    if (pid > 0) watchdog.watch({ pid, signal: "SIGTERM", graceMs });
    const stop = () => child.kill("SIGTERM");
    signal.addEventListener("abort", stop, { once: true });
    child.once("error", reject);
    child.once("exit", (exitCode) => {
      watchdog.forget(pid);
      signal.removeEventListener("abort", stop);
      resolve(exitCode ?? 1);
    });
  });
}
