import { UsageError, usage } from "./usage.ts";

type Command = (args: string[], signal: AbortSignal) => Promise<number>;

/** Each command in its own file, loaded when it is asked for: `check` must run in a tree whose services do not compile. */
const commands: Record<string, () => Promise<Command>> = {
  up: async () => (await import("./commands/up.ts")).up,
  token: async () => (await import("./commands/token.ts")).token,
  test: async () => (await import("./commands/test.ts")).test,
  faults: async () => (await import("./commands/faults.ts")).faults,
  bench: async () => (await import("./commands/bench.ts")).bench,
  check: async () => (await import("./commands/check.ts")).check,
  provision: async () => (await import("./commands/provision.ts")).provisionCommand,
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || ["help", "--help", "-h"].includes(name)) {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const stop = new AbortController();
  onStopSignal(() => stop.abort(new Error("stopped by a signal")));
  try {
    if (load === undefined) throw new UsageError(`unknown command ${name}; ./dozor help lists them`);
    const command = await load();
    return await command(args, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 130;
    console.error(`dozor: ${error instanceof UsageError ? error.message : explain(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** The first signal asks the command to stop in order; a second one ends us at once, and the watchdog ends the children. */
function onStopSignal(stop: () => void): void {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(130);
      isStopping = true;
      stop();
    });
  }
}

/** The sentence of the error and of each of its causes; the stack only when asked for. */
function explain(error: unknown): string {
  if (process.env.DOZOR_LOG_LEVEL === "debug" && error instanceof Error)
    return `${error.stack}\n${explainCause(error)}`;
  return error instanceof Error ? `${error.message}${explainCause(error)}` : String(error);
}

function explainCause(error: Error): string {
  return error.cause === undefined ? "" : `\n  because ${explain(error.cause)}`;
}
