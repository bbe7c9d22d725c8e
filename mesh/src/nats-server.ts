import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "./child-process.ts";
import { findNatsServer } from "./find-nats-server.ts";
import type { Watchdog } from "./watchdog.ts";

export type NatsServerOptions = {
  /** The store lives in `<dataDir>/jetstream`, the log in `<dataDir>/logs`. */
  dataDir: string;
  port: number;
  monitorPort: number;
  /** The release to run, such as "2.9.10"; whatever is at hand unless given. */
  version?: string | undefined;
  watchdog: Watchdog;
  signal?: AbortSignal;
};
export type NatsServer = AsyncDisposable & { child: Child; url: string; version: string };

/** Starts nats-server with JetStream on 127.0.0.1, brought first if the machine has none. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { dataDir, port, monitorPort, watchdog, signal } = options;
  const program = await findNatsServer(options.version, signal);
  const store = join(dataDir, "jetstream");
  mkdirSync(store, { recursive: true });
  const child = startChild({
    name: "nats-server",
    command: [
      program.path,
      ...["--addr", "127.0.0.1", "--port", String(port), "--http_port", String(monitorPort)],
      ...["--jetstream", "--store_dir", store, "--name", "dozor"],
    ],
    logFile: join(dataDir, "logs", "nats-server.log"),
    watchdog,
  });
  try {
    await child.ready(() => isHealthy(monitorPort), { deadlineMs: 30_000, ...(signal ? { signal } : {}) });
  } catch (error) {
    await child.stop();
    throw error;
  }
  const url = `nats://127.0.0.1:${port}`;
  return { child, url, version: program.version, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** Healthy means that JetStream has recovered its streams, not only that the port is open. */
async function isHealthy(monitorPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/healthz`, { signal: AbortSignal.timeout(1000) });
    return answer.ok;
  } catch {
    return false;
  }
}
