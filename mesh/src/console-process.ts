import { join } from "node:path";
import { answersOk } from "./answers-ok.ts";
import { startReadyChild } from "./child-process.ts";
import type { LocalTokens } from "./local-tokens.ts";
import { type PortPlan, type ServiceName, serviceNames } from "./ports.ts";
import { type Program, startProgram } from "./program.ts";
import { repositoryRoot } from "./repository.ts";
import type { Watchdog } from "./watchdog.ts";

export type ConsoleOptions = {
  dataDir: string;
  ports: PortPlan;
  tokens: LocalTokens;
  watchdog: Watchdog;
  signal?: AbortSignal;
};

/** Starts the server of the console, which knows every instance of each service. */
export async function startConsole({ dataDir, ports, tokens, watchdog, signal }: ConsoleOptions): Promise<Program> {
  const urlsOf = (service: ServiceName) =>
    ports.services[service].map(({ http }) => `http://127.0.0.1:${http}`).join(",");
  return await startProgram(
    (again) =>
      startReadyChild(
        {
          name: "console",
          command: [process.execPath, join(repositoryRoot, "console", "server", "main.ts")],
          env: {
            CONSOLE_PORT: String(ports.console),
            CONSOLE_DEV_TOKENS_DIR: tokens.peopleDir,
            ...Object.fromEntries(serviceNames.map((name) => [`CONSOLE_${name.toUpperCase()}_URLS`, urlsOf(name)])),
          },
          cwd: repositoryRoot,
          logFile: join(dataDir, "logs", "console.log"),
          watchdog,
        },
        () => answersOk(`http://127.0.0.1:${ports.console}/`),
        { deadlineMs: 60_000, signal: again },
      ),
    signal,
  );
}
