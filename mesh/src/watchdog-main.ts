import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { startOf } from "./process-table.ts";
import type { WatchdogLine } from "./watchdog.ts";

type Watched = { signal: NodeJS.Signals; graceMs: number; start: string };
const [list = ""] = process.argv.slice(2);

// Only the end of its input ends the watchdog: signals meant for the parent's terminal are not for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
for await (const _ of process.stdin);

await Promise.all([...readWatched()].map(([pid, child]) => stop(pid, child)));
rmSync(dirname(list), { recursive: true, force: true });

function readWatched(): Map<number, Watched> {
  const watched = new Map<number, Watched>();
  if (!existsSync(list)) return watched;
  for (const line of readFileSync(list, "utf8").split("\n")) {
    if (line === "") continue;
    const { pid, start, signal, graceMs }: WatchdogLine = JSON.parse(line);
    if (start === undefined || signal === undefined || graceMs === undefined) watched.delete(pid);
    else watched.set(pid, { start, signal, graceMs });
  }
  return watched;
}

async function stop(pid: number, { signal, graceMs, start }: Watched): Promise<void> {
  // The start is compared before every signal, since the id may belong to a stranger by now.
  const isSame = () => startOf(pid) === start;
  if (!isSame()) return;
  send(pid, signal);
  // A child paused by a fault test hears nothing but SIGCONT and SIGKILL.
  send(pid, "SIGCONT");
  const deadline = performance.now() + graceMs;
  while (isSame() && performance.now() < deadline) await Bun.sleep(20);
  if (isSame()) send(pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
}
