import { rmSync } from "node:fs";
import { join } from "node:path";
import { raiseServers } from "../raise-servers.ts";
import { repositoryRoot } from "../repository.ts";
import { runBun } from "../run-bun.ts";
import { temporaryDataDir } from "../temporary-data-dir.ts";
import { UsageError } from "../usage.ts";
import { startWatchdog } from "../watchdog.ts";

/** Each a program of its own in bench/, with the sizes that it takes. */
export const benches: Record<string, readonly string[]> = {
  outbox: ["rows", "bytes", "batch"],
  inbox: ["messages", "bytes", "batch"],
  journal: ["messages", "objects", "bytes", "batch"],
};

/** Raises Postgres, which waits for its disk, and NATS, and runs the benchmarks one after another. */
export async function bench(args: string[], signal: AbortSignal): Promise<number> {
  const { names, options } = readBenchArgs(args);
  const dataDir = temporaryDataDir("dozor-bench-");
  try {
    await using stack = new AsyncDisposableStack();
    const watchdog = stack.use(startWatchdog());
    const { env } = await raiseServers({ dataDir, durable: true, watchdog, signal }, stack);
    for (const name of names) {
      const program = join(repositoryRoot, "bench", `${name}.ts`);
      const exitCode = await runBun([program, ...options], { env, graceMs: 2_000, watchdog, signal });
      if (exitCode !== 0) return exitCode;
    }
    return 0;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @throws UsageError for a benchmark that there is not, or a size that it does not take */
export function readBenchArgs(args: readonly string[]): { names: string[]; options: string[] } {
  const first = args.findIndex((arg) => arg.startsWith("--"));
  const asked = first < 0 ? args : args.slice(0, first);
  const options = first < 0 ? [] : args.slice(first);
  const unknown = asked.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    throw new UsageError(`bench: no benchmark ${unknown}; there are ${Object.keys(benches).join(", ")}`);
  }
  const names = asked.length === 0 ? Object.keys(benches) : [...asked];
  for (const [index, option] of options.entries()) {
    if (!option.startsWith("--")) {
      // The value of the size before it, and then the next size.
      if (/^\d+$/.test(option) && options[index - 1]?.startsWith("--")) continue;
      throw new UsageError(
        `bench: what is ${option}? Sizes are whole numbers, such as --${benches[names[0] ?? ""]?.[0]} 1000`,
      );
    }
    const size = option.slice(2);
    const deaf = names.find((name) => size !== "json" && !benches[name]?.includes(size));
    if (deaf !== undefined) {
      throw new UsageError(
        `bench: ${deaf} takes no ${option} but ${benches[deaf]?.map((each) => `--${each}`).join(", ")}`,
      );
    }
  }
  return { names, options };
}
