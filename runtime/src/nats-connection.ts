// The connection to NATS: it waits for a server that is not there yet, reconnects for ever, and tells those who must act after a reconnection.

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  type QueuedIterator,
  type Status,
} from "nats";
import type { Log } from "./log.ts";
import { metrics } from "./metrics.ts";

export type Nats = AsyncDisposable & {
  connection: NatsConnection;
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  isConnected(): boolean;
  /** Calls `fn` after each reconnection until the returned function is called. */
  onReconnect(fn: () => void): () => void;
};

export type NatsOptions = {
  /** nats://host:port, several separated by commas. */
  url: string;
  /** Shown in the server's connection list. */
  name: string;
  log: Log;
  user?: string;
  password?: string;
  credentialsFile?: string;
  tls?: { caFile: string; certFile?: string; keyFile?: string };
  /** Ends the wait for a server that is not there yet. */
  signal?: AbortSignal;
};

export async function connectNats(options: NatsOptions): Promise<Nats> {
  const connection = await connectPatiently(options);
  const reconnected = new Set<() => void>();
  let isConnected = true;
  connectedGauge.set(1);
  // It is one, whatever its type says, and does not end by itself when the connection is closed.
  const statuses = connection.status() as QueuedIterator<Status>;
  const watching = (async () => {
    for await (const { type, data } of statuses) {
      if (type === Events.Disconnect) isConnected = false;
      if (type === Events.Reconnect) {
        isConnected = true;
        for (const fn of reconnected) fn();
      }
      connectedGauge.set(isConnected ? 1 : 0);
      if (!quietEvents.has(type)) options.log.warn("nats.status", { type, server: String(data) });
    }
  })();
  return {
    connection,
    jetstream: connection.jetstream({ timeout: 5_000 }),
    manager: await connection.jetstreamManager({ checkAPI: false, timeout: 5_000 }),
    isConnected: () => isConnected && !connection.isClosed(),
    onReconnect(fn) {
      reconnected.add(fn);
      return () => reconnected.delete(fn);
    },
    async [Symbol.asyncDispose]() {
      // Draining waits for the server, which may be away.
      if (isConnected)
        await Promise.race([connection.drain().catch(() => {}), delay(2_000, undefined, { ref: false })]);
      await connection.close();
      statuses.stop();
      await watching;
    },
  };
}

const connectedGauge = metrics.gauge({ name: "nats_connected", help: "1 while connected to a NATS server" });
const quietEvents = new Set<string>(["pingTimer", "reconnecting", "update"]);

async function connectPatiently({ log, signal, ...options }: NatsOptions): Promise<NatsConnection> {
  const servers = options.url.split(",").map((part) => part.trim());
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await connect({ servers, ...connectionOptions(options) });
    } catch (error) {
      if (attempt >= 60) throw new Error(`connect to NATS at ${servers.join(", ")}`, { cause: error });
      if (attempt % 10 === 1) log.warn("nats.unreachable", { servers, attempt, reason: String(error) });
      await delay(500, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function connectionOptions({
  name,
  user,
  password,
  credentialsFile,
  tls,
}: Omit<NatsOptions, "log" | "signal">): ConnectionOptions {
  return {
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 20_000,
    maxPingOut: 2,
    timeout: 5_000,
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    ...(credentialsFile === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(credentialsFile)) }),
    ...(tls === undefined ? {} : { tls }),
  };
}
