import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";
import { runBun } from "../run-bun.ts";
import { startWatchdog } from "../watchdog.ts";

/** Hands over to the fault tests, in a process of their own: the mesh knows nothing of its tests. */
export async function faults(args: string[], signal: AbortSignal): Promise<number> {
  await using watchdog = startWatchdog();
  const program = join(repositoryRoot, "tests", "faults", "main.ts");
  return await runBun([program, ...args], { graceMs: 30_000, watchdog, signal });
}
