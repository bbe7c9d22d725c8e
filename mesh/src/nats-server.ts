import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answersOk } from "./answers-ok.ts";
import { type Child, startReadyChild } from "./child-process.ts";
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
export type NatsServer = AsyncDisposable & {
  /** The process of now: another one after each start. */
  readonly child: Child;
  url: string;
  version: string;
  /** Where the streams lie. */
  storeDir: string;
  /** Starts it again over the same store, after it ended. */
  start(signal?: AbortSignal): Promise<void>;
};

/** Starts nats-server with JetStream on 127.0.0.1, brought first if the machine has none. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { dataDir, port, monitorPort, watchdog } = options;
  const program = await findNatsServer(options.version, options.signal);
  const configFile = writeConfig(options);
  const start = (signal?: AbortSignal): Promise<Child> =>
    startReadyChild(
      {
        name: "nats-server",
        command: [program.path, "--config", configFile],
        logFile: join(dataDir, "logs", "nats-server.log"),
        watchdog,
      },
      // Healthy means that JetStream has recovered its streams, not only that the port is open.
      () => answersOk(`http://127.0.0.1:${monitorPort}/healthz`),
      { deadlineMs: 30_000, signal },
    );
  let child = await start(options.signal);
  return {
    get child() {
      return child;
    },
    url: `nats://127.0.0.1:${port}`,
    version: program.version,
    storeDir: storeOf(options),
    async start(signal) {
      child = await start(signal);
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

function storeOf({ dataDir }: NatsServerOptions): string {
  return join(dataDir, "jetstream");
}

/**
 * A file and not flags, for the one setting that has no flag: the streams of the contract reserve seven GiB, and by itself the
 * server allows no more than three quarters of the free disk, so that a nearly full machine would refuse to make them.
 */
function writeConfig(options: NatsServerOptions): string {
  const { dataDir, port, monitorPort } = options;
  const store = storeOf(options);
  mkdirSync(store, { recursive: true });
  const file = join(dataDir, "nats-server.conf");
  const lines = [
    "server_name: dozor",
    `listen: "127.0.0.1:${port}"`,
    `http: "127.0.0.1:${monitorPort}"`,
    `jetstream { store_dir: ${JSON.stringify(store)}, max_file_store: 64GB, max_memory_store: 64MB }`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
