import { spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";
import { startWatchdog } from "../watchdog.ts";

/** Hands over to the fault tests, in a process of their own: the mesh knows nothing of its tests. */
export async function faults(args: string[], signal: AbortSignal): Promise<number> {
  await using watchdog = startWatchdog();
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repositoryRoot, "tests", "faults", "main.ts"), ...args], {
      cwd: repositoryRoot,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const pid = child.pid ?? 0;
    if (pid > 0) watchdog.watch({ pid, signal: "SIGTERM", graceMs: 30_000 });
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
