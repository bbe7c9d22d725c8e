import { startNatsServer } from "./nats-server.ts";
import { freePorts } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import type { Watchdog } from "./watchdog.ts";

export type RaiseOptions = {
  dataDir: string;
  natsVersion?: string | undefined;
  /** Whether Postgres waits for the disk. */
  durable: boolean;
  watchdog: Watchdog;
  signal: AbortSignal;
};

/** Starts Postgres and nats-server on ports of their own, and answers the environment by which programs find them. */
export async function raiseServers(
  { natsVersion, durable, ...servers }: RaiseOptions,
  stack: AsyncDisposableStack,
): Promise<{ natsVersion: string; env: Record<string, string> }> {
  const [postgresPort = 0, natsPort = 0, monitorPort = 0] = await freePorts(3);
  const postgres = stack.use(
    await startPostgres({ ...servers, port: postgresPort, databases: [], connectionsMax: 300, durable }),
  );
  const nats = stack.use(await startNatsServer({ ...servers, port: natsPort, monitorPort, version: natsVersion }));
  return {
    natsVersion: nats.version,
    env: {
      DOZOR_TEST_POSTGRES_URL: postgres.adminUrl,
      DOZOR_TEST_NATS_URL: nats.url,
      DOZOR_TEST_NATS_VERSION: natsVersion ?? "",
    },
  };
}
