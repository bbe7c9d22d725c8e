import { createInterface } from "node:readline";
import { startOf } from "./process-table.ts";

type Watched = { signal: NodeJS.Signals; graceMs: number; start: string };
const watched = new Map<number, Watched>();

// Only the end of its input ends the watchdog: signals meant for the parent's terminal are not for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, pidText, signal, graceMs] = line.split(" ");
  const pid = Number(pidText);
  if (verb === "forget") watched.delete(pid);
  const start = verb === "watch" ? startOf(pid) : undefined;
  // The lines come from startWatchdog alone, so the word is a signal's name.
  if (start !== undefined) watched.set(pid, { signal: signal as NodeJS.Signals, graceMs: Number(graceMs), start });
}

await Promise.all([...watched].map(([pid, child]) => stop(pid, child)));

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
