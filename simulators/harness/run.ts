import { type FlagKind, type Flags, readFlags } from "./flags.ts";
import type { Simulator } from "./simulator.ts";

/** Flags that every simulator takes. */
export const COMMON_FLAGS = {
  port: "number",
  host: "text",
  seed: "number",
  assets: "number",
  now: "text",
  clock: "text",
  "business-date": "text",
  "history-days": "number",
  "exit-with-parent": "switch",
} as const satisfies Record<string, FlagKind>;

/** The process of one simulator: starts it, says where it listens, stops it on SIGTERM, SIGINT or the end of its parent. */
export async function run<Kinds extends Record<string, FlagKind>>(
  name: string,
  kinds: Kinds,
  start: (flags: Flags<Kinds>) => Promise<Simulator>,
): Promise<void> {
  let flags: Flags<Kinds>;
  let simulator: Simulator;
  try {
    flags = readFlags(kinds, process.argv.slice(2));
    simulator = await start(flags);
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`${name} listens on ${simulator.url}\n`);
  const stop = async () => {
    await simulator[Symbol.asyncDispose]();
    // A hanging fault would keep the process alive for ever.
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (flags["exit-with-parent"] === true) {
    process.stdin.on("end", stop);
    process.stdin.on("close", stop);
    process.stdin.resume();
  }
}
