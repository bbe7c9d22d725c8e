import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export type WatchedChild = { pid: number; signal: NodeJS.Signals; graceMs: number };
export type Watchdog = AsyncDisposable & { watch(child: WatchedChild): void; forget(pid: number): void };

/**
 * Starts the one small process which outlives ours by a moment: when our end of its input closes, however we died, it stops
 * every child still watched, by its own signal and after the grace period by SIGKILL. Without it a killed parent would leave
 * Postgres and the services running, holding ports and the data directory.
 */
export function startWatchdog(): Watchdog {
  const program = fileURLToPath(new URL("./watchdog-main.ts", import.meta.url));
  // A session of its own, so that Ctrl-C in the terminal reaches only us and we stop the children in order.
  const child = spawn(process.execPath, [program], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // The watchdog may be killed too; then writing to it fails and there is nobody left to tell.
  child.stdin.on("error", () => {});
  return {
    watch: ({ pid, signal, graceMs }) => void child.stdin.write(`watch ${pid} ${signal} ${graceMs}\n`),
    forget: (pid) => void child.stdin.write(`forget ${pid}\n`),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
