import { connect, Events, type JetStreamManager, type QueuedIterator, type Status } from "nats";

export type PatientJetStream = AsyncDisposable & {
  /** Answers when there is a connection. What is asked while there is none, the client would lose with the old connection. */
  manager(): Promise<JetStreamManager>;
};

const patienceMs = 20_000;

/** A connection for tests and oracles, which ask a server that was killed and started again at once. */
export async function patientJetStream(url: string): Promise<PatientJetStream> {
  const connection = await connect({
    servers: url,
    name: "dozor-oracle",
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
  const manager = await connection.jetstreamManager();
  let connected = Promise.withResolvers<void>();
  connected.resolve();
  // It is one, whatever its type says, and does not end by itself when the connection is closed.
  const statuses = connection.status() as QueuedIterator<Status>;
  const watching = (async () => {
    for await (const { type } of statuses) {
      if (type === Events.Disconnect) connected = Promise.withResolvers();
      if (type === Events.Reconnect) connected.resolve();
    }
  })();
  return {
    async manager() {
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, patienceMs);
      // After it the question itself fails, and says what was asked.
      await Promise.race([connected.promise, timer.promise]);
      clearTimeout(timeout);
      return manager;
    },
    async [Symbol.asyncDispose]() {
      await connection.close();
      statuses.stop();
      await watching;
    },
  };
}
