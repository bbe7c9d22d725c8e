import { join } from "node:path";
import { answersOk } from "./answers-ok.ts";
import { type Child, startChild } from "./child-process.ts";
import type { PortPlan } from "./ports.ts";
import { repositoryRoot } from "./repository.ts";
import type { Watchdog } from "./watchdog.ts";

export type SimulatorOptions = {
  dataDir: string;
  ports: PortPlan;
  seed: number;
  assets: number;
  /** What the simulated world takes for the present; the same in all, or they would not tell of one world. */
  now: Date;
  /** Whether its clock then stands still, or goes on with ours. */
  clock: "fixed" | "running";
  watchdog: Watchdog;
  signal?: AbortSignal;
};
export type Simulators = AsyncDisposable & {
  onecUrl: string;
  konturFocusUrl: string;
  xkeeperUrl: string;
  receiverUrl: string;
  children: readonly Child[];
};

// A world of 200,000 assets takes its time.
const readyDeadlineMs = 120_000;

/** Starts the programs that play 1C, Kontur.Focus and X-Keeper over one seeded world, and a receiver of what changes. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const { ports, signal } = options;
  await using started = new AsyncDisposableStack();
  const parts = [
    { name: "onec", port: ports.onec },
    { name: "kontur-focus", port: ports.konturFocus },
    { name: "xkeeper", port: ports.xkeeper },
    { name: "receiver", port: ports.receiver },
  ];
  const children = parts.map(({ name, port }) => started.use(startSimulator(name, port, options)));
  await Promise.all(
    parts.map(({ port }, index) =>
      children[index]?.ready(() => answersOk(`http://127.0.0.1:${port}/_admin/health`), {
        deadlineMs: readyDeadlineMs,
        ...(signal ? { signal } : {}),
      }),
    ),
  );
  const owned = started.move();
  return {
    onecUrl: `http://127.0.0.1:${ports.onec}`,
    konturFocusUrl: `http://127.0.0.1:${ports.konturFocus}`,
    xkeeperUrl: `http://127.0.0.1:${ports.xkeeper}`,
    receiverUrl: `http://127.0.0.1:${ports.receiver}`,
    children,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function startSimulator(
  name: string,
  port: number,
  { dataDir, seed, assets, now, clock, watchdog }: SimulatorOptions,
): Child {
  const world = ["--seed", String(seed), "--assets", String(assets), "--now", now.toISOString(), "--clock", clock];
  return startChild({
    name: `simulator of ${name}`,
    command: [process.execPath, join(repositoryRoot, "simulators", name, "main.ts"), "--port", String(port), ...world],
    cwd: repositoryRoot,
    logFile: join(dataDir, "logs", `simulator-${name}.log`),
    watchdog,
  });
}
