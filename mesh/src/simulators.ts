import { join } from "node:path";
import { answersOk } from "./answers-ok.ts";
import { type Child, startReadyChild } from "./child-process.ts";
import type { PortPlan } from "./ports.ts";
import { type Program, startProgram } from "./program.ts";
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
  programs: readonly Program[];
  /** The processes of now. */
  readonly children: readonly Child[];
};

// A world of 200,000 assets takes its time.
const readyDeadlineMs = 120_000;

/** Starts the programs that play 1C, Kontur.Focus and X-Keeper over one seeded world, and a receiver of what changes. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const { ports } = options;
  await using started = new AsyncDisposableStack();
  const parts = [
    { name: "onec", port: ports.onec },
    { name: "kontur-focus", port: ports.konturFocus },
    { name: "xkeeper", port: ports.xkeeper },
    { name: "receiver", port: ports.receiver },
  ];
  const starting = parts.map(async ({ name, port }) => started.use(await startSimulator(name, port, options)));
  // When one fails, all the others are owned by the stack before it is disposed.
  await Promise.allSettled(starting);
  const programs = await Promise.all(starting);
  const owned = started.move();
  return {
    onecUrl: `http://127.0.0.1:${ports.onec}`,
    konturFocusUrl: `http://127.0.0.1:${ports.konturFocus}`,
    xkeeperUrl: `http://127.0.0.1:${ports.xkeeper}`,
    receiverUrl: `http://127.0.0.1:${ports.receiver}`,
    programs,
    get children() {
      return programs.map(({ child }) => child);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Its state is the world of the seed, so one that is started again tells of the same world. */
async function startSimulator(name: string, port: number, options: SimulatorOptions): Promise<Program> {
  const { dataDir, seed, assets, now, clock, watchdog } = options;
  const world = ["--seed", String(seed), "--assets", String(assets), "--now", now.toISOString(), "--clock", clock];
  const program = join(repositoryRoot, "simulators", name, "main.ts");
  return await startProgram(
    (signal) =>
      startReadyChild(
        {
          name: `simulator of ${name}`,
          command: [process.execPath, program, "--port", String(port), ...world],
          cwd: repositoryRoot,
          logFile: join(dataDir, "logs", `simulator-${name}.log`),
          watchdog,
        },
        () => answersOk(`http://127.0.0.1:${port}/_admin/health`),
        { deadlineMs: readyDeadlineMs, signal },
      ),
    options.signal,
  );
}
