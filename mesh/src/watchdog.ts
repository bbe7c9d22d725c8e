import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOf } from "./process-table.ts";

export type WatchedChild = { pid: number; signal: NodeJS.Signals; graceMs: number };
/** A child that is watched from now on, or with its id alone one that is forgotten. */
export type WatchdogLine = { pid: number } & Partial<WatchedChild & { start: string | undefined }>;
export type Watchdog = AsyncDisposable & { watch(child: WatchedChild): void; forget(pid: number): void };

/**
 * Starts the one small process which outlives ours by a moment: when our end of its input closes, however we died, it stops
 * every child still watched, by its own signal and after the grace period by SIGKILL. Without it a killed parent would leave
 * Postgres and the services running, holding ports and the data directory.
 */
export function startWatchdog(): Watchdog {
  const program = fileURLToPath(new URL("./watchdog-main.ts", import.meta.url));
  // A list in a file is written before the next line of ours runs; what is written to a pipe may wait in us, and die with us.
  const list = join(mkdtempSync(join(tmpdir(), "dozor-watchdog-")), "children");
  const tell = (line: WatchdogLine) => appendFileSync(list, `${JSON.stringify(line)}\n`);
  // A session of its own, so that Ctrl-C in the terminal reaches only us and we stop the children in order.
  const child = spawn(process.execPath, [program, list], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin.on("error", () => {}); // The watchdog may be killed too.
  return {
    watch: (watched) => tell({ ...watched, start: startOf(watched.pid) }),
    forget: (pid) => tell({ pid }),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
