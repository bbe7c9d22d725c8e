import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answersOk } from "./answers-ok.ts";
import { startReadyChild } from "./child-process.ts";
import { findNatsServer } from "./find-nats-server.ts";
import { type Program, startProgram } from "./program.ts";
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
/** Started again over the same store, or over an empty one when the store is gone. */
export type NatsServer = Program & {
  url: string;
  version: string;
  /** Where the streams lie. */
  storeDir: string;
  /** Whether somebody removed the store from under it, in whole or its content. */
  isStoreGone(): boolean;
};

/** Starts nats-server with JetStream on 127.0.0.1, brought first if the machine has none. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { dataDir, port, monitorPort, watchdog } = options;
  const program = await findNatsServer(options.version, options.signal);
  const storeDir = storeOf(options);
  let store: number | undefined;
  const server = await startProgram(async (signal) => {
    const child = await startReadyChild(
      {
        name: "nats-server",
        command: [program.path, "--config", writeConfig(options)],
        logFile: join(dataDir, "logs", "nats-server.log"),
        watchdog,
      },
      // JetStream has recovered what it could, and not only the port is open. Whether it could recover every stream is not asked: a damaged one stays
      // "unhealthy" until a service makes it anew, and services wait for this.
      () => answersOk(`http://127.0.0.1:${monitorPort}/healthz?js-server-only=true`),
      { deadlineMs: 30_000, signal },
    );
    store = inodeOf(storeDir);
    return child;
  }, options.signal);
  return Object.assign(server, {
    url: `nats://127.0.0.1:${port}`,
    version: program.version,
    storeDir,
    isStoreGone: () => inodeOf(storeDir) !== store,
  });
}

function storeOf({ dataDir }: NatsServerOptions): string {
  return join(dataDir, "jetstream");
}

/** Of the directory that the server made within ours; the same path with another one is another store. */
function inodeOf(storeDir: string): number | undefined {
  return statSync(join(storeDir, "jetstream"), { throwIfNoEntry: false })?.ino;
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
