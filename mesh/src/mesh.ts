import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { defaultStreamNames, type StreamNames } from "@dozor/proto/streams";
import { openPool } from "@dozor/runtime/pool";
import type { JetStreamManager } from "nats";
import type openPostgres from "postgres";
import { bundleServices } from "./bundle-services.ts";
import { startConsole } from "./console-process.ts";
import { type DrainTarget, drain } from "./drain.ts";
import { issueLocalTokens, type LocalTokens } from "./local-tokens.ts";
import { type MeshClients, meshClients } from "./mesh-clients.ts";
import { writeMeshConfig } from "./mesh-config.ts";
import { type NatsServer, startNatsServer } from "./nats-server.ts";
import { patientJetStream } from "./patient-jetstream.ts";
import {
  type PortPlan,
  portBaseDefault,
  portPlan,
  portsOf,
  requireFreePorts,
  type ServiceName,
  serviceNames,
} from "./ports.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import type { Program } from "./program.ts";
import { provisionStreams } from "./provision.ts";
import { type ServiceInstance, serviceInstance } from "./service-process.ts";
import { type Simulators, startSimulators } from "./simulators.ts";
import { startWatchdog } from "./watchdog.ts";
import { straightWiring, type WiredInstance, type Wiring, wireInstances, wireOutsideSystems } from "./wiring.ts";

export type MeshOptions = {
  /** All state of the mesh lives here, and its logs. */
  dataDir: string;
  instances?: number;
  portBase?: number;
  /** The simulated world. */
  assets?: number;
  seed?: number;
  now?: Date;
  simulators?: boolean;
  onecAdapter?: "1c-http" | "1c-odata";
  /** Sources and providers; written for the simulators unless given. */
  configFile?: string | undefined;
  /** False: nothing is polled and no daily run begins but by call, so that what is counted is what was called for (true). */
  scheduled?: boolean;
  console?: boolean;
  natsVersion?: string | undefined;
  /** False for state that is thrown away: Postgres does not wait for the disk. */
  durable?: boolean;
  leaseTtlMs?: number;
  extraEnv?: Record<string, string>;
  /** What one instance alone is told beyond that, by its name such as "tracking-2". */
  extraEnvOf?: (instance: string) => Record<string, string>;
  /** Puts something between the parts, such as a link that fails. */
  wiring?: Wiring;
  /** Told what is being started, a few words each. */
  progress?: (step: string) => void;
  signal?: AbortSignal;
};
export type Mesh = AsyncDisposable & {
  dataDir: string;
  ports: PortPlan;
  postgres: PostgresServer;
  nats: NatsServer;
  tokens: LocalTokens;
  simulators: Simulators | undefined;
  console: Program | undefined;
  services: Record<ServiceName, ServiceInstance[]>;
  streamNames: StreamNames;
  /** Clients of the given instance of each service, with every right that a run needs. */
  clients(instance?: number): MeshClients;
  /** Direct connections, for oracles and tests only: services never read each other's databases. */
  databases: Record<ServiceName, openPostgres.Sql>;
  jetstream(): Promise<JetStreamManager>;
  drain(options?: { deadlineMs?: number; signal?: AbortSignal }): Promise<void>;
};

const leaseTtlMsDefault = 30_000;

/** Starts everything on this machine and resolves when all of it is ready; disposing stops all in reverse order. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const { dataDir, instances = 1, signal, progress = () => {}, leaseTtlMs = leaseTtlMsDefault } = options;
  const ports = portPlan(options.portBase ?? portBaseDefault, instances);
  await requireFreePorts(portsOf(ports));
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  await using stack = new AsyncDisposableStack();
  const watchdog = stack.use(startWatchdog());
  const base = { dataDir, watchdog, ...(signal ? { signal } : {}) };

  progress("Postgres, nats-server and the simulators");
  const postgresOptions = {
    ...base,
    port: ports.postgres,
    databases: serviceNames.map(databaseOf),
    connectionsMax: 40 + serviceNames.length * instances * 20,
    durable: options.durable ?? true,
  };
  const natsOptions = { ...base, port: ports.nats, monitorPort: ports.natsMonitor, version: options.natsVersion };
  const world = {
    seed: options.seed ?? 1,
    assets: options.assets ?? 2000,
    now: options.now ?? new Date(),
    clock: clockOf(options),
  };
  const [postgres, nats, simulators, tokens, programs] = await startTogether(stack, [
    startPostgres(postgresOptions),
    startNatsServer(natsOptions),
    options.simulators === false ? undefined : startSimulators({ ...base, ports, ...world }),
    issueLocalTokens(dataDir),
    bundleServices(join(dataDir, "bundles")),
  ]);
  const streamNames = defaultStreamNames;
  await provisionStreams({ natsUrl: nats.url, names: streamNames, replicas: 1, leaseTtlMs });

  progress("the services");
  const settings = {
    dataDir,
    ports,
    tokens,
    streamNames,
    configFile: await configFileOf(options, simulators),
    programs,
    extraEnv: {
      DOZOR_LEASE_TTL: `${leaseTtlMs}ms`,
      ...(options.scheduled === false ? { MONITORING_DAILY_RUN_CRON: "off" } : {}),
      ...options.extraEnv,
    },
    watchdog,
  };
  const services = startServices(await wiredInstances(options, ports, postgres, nats), settings, options, stack);
  const everyInstance = serviceNames.flatMap((service) => services[service]);
  const everyReady = Promise.all(everyInstance.map((instance) => instance.ready(signal)));
  const [console_] = await startTogether(stack, [
    options.console === false ? undefined : startConsole({ ...base, ports, tokens }),
    everyReady,
  ]);

  const oracle = await oracleConnections(postgres, nats, streamNames, stack);
  const owned = stack.move();
  return {
    dataDir,
    ports,
    postgres,
    nats,
    tokens,
    simulators,
    console: console_,
    services,
    streamNames,
    databases: oracle.databases,
    jetstream: oracle.jetstream,
    clients(instance = 0) {
      return meshClients((service) => services[service][instance]?.grpcUrl ?? "", tokens.meshToken);
    },
    drain: (drainOptions) => drain(oracle, drainOptions),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A mesh that does only what it is called for lives in a world that stands still, and can be compared with it. */
function clockOf({ scheduled = true }: MeshOptions): "fixed" | "running" {
  return scheduled ? "running" : "fixed";
}

function databaseOf(service: ServiceName): string {
  return `dozor_${service}`;
}

/** Starts at once; what did start is owned by the stack even when another of them fails. */
async function startTogether<T extends readonly unknown[]>(
  stack: AsyncDisposableStack,
  starting: readonly [...{ [K in keyof T]: Promise<T[K]> | T[K] }],
): Promise<T> {
  const settled = await Promise.allSettled(starting);
  for (const result of settled) {
    if (result.status === "fulfilled" && isDisposable(result.value)) stack.use(result.value);
  }
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  // Each is fulfilled by now, and allSettled keeps the order of the tuple.
  return settled.map((result) => (result.status === "fulfilled" ? result.value : undefined)) as unknown as T;
}

function isDisposable(value: unknown): value is AsyncDisposable {
  return typeof value === "object" && value !== null && Symbol.asyncDispose in value;
}

async function configFileOf(options: MeshOptions, simulators: Simulators | undefined): Promise<string> {
  if (options.configFile !== undefined) return options.configFile;
  if (simulators === undefined) throw new Error("start the mesh without simulators: --config names no outside systems");
  const { dataDir, onecAdapter = "1c-http", scheduled = true, wiring = straightWiring } = options;
  const urls = await wireOutsideSystems(wiring, simulators);
  return writeMeshConfig({ dataDir, ...urls, onecAdapter, every: scheduled ? "5m" : "24h" });
}

/** Which addresses each instance is told. */
async function wiredInstances(
  { wiring = straightWiring, instances = 1 }: MeshOptions,
  ports: PortPlan,
  postgres: PostgresServer,
  nats: NatsServer,
): Promise<Record<ServiceName, WiredInstance[]>> {
  return await wireInstances(wiring, instances, {
    natsUrl: nats.url,
    databaseUrlOf: (service) => postgres.urlOf(databaseOf(service)),
    registryUrl: `http://127.0.0.1:${ports.services.registry[0]?.grpc}`,
  });
}

function startServices(
  wired: Record<ServiceName, WiredInstance[]>,
  settings: Omit<Parameters<typeof serviceInstance>[2], "natsUrl" | "databaseUrlOf">,
  { extraEnvOf = () => ({}) }: MeshOptions,
  stack: AsyncDisposableStack,
): Record<ServiceName, ServiceInstance[]> {
  const start = (service: ServiceName) =>
    wired[service].map(({ natsUrl, databaseUrl, registryUrl }, index) => {
      const own = extraEnvOf(`${service}-${index + 1}`);
      const extraEnv = { [`${service.toUpperCase()}_REGISTRY_URL`]: registryUrl, ...settings.extraEnv, ...own };
      const instance = serviceInstance(service, index, {
        ...settings,
        natsUrl,
        databaseUrlOf: () => databaseUrl,
        extraEnv,
      });
      instance.start();
      return instance;
    });
  const services = { registry: start("registry"), tracking: start("tracking"), monitoring: start("monitoring") };
  stack.defer(async () => {
    const running = serviceNames.flatMap((service) => services[service]).filter((instance) => instance.isRunning());
    await Promise.all(running.map((instance) => instance.stop()));
  });
  return services;
}

async function oracleConnections(
  postgres: PostgresServer,
  nats: NatsServer,
  streamNames: StreamNames,
  stack: AsyncDisposableStack,
): Promise<DrainTarget & Pick<Mesh, "databases">> {
  const open = (service: ServiceName) => {
    // Postgres dies under them too, and a bare pool would then refuse to connect for ever.
    const pool = openPool(postgres.urlOf(databaseOf(service)), { max: 2, onnotice: () => {} });
    stack.defer(() => pool.end(5));
    // Whole numbers come as texts here: the parsers that the pool's type speaks of are the services' own.
    return pool.sql as unknown as openPostgres.Sql;
  };
  const databases = { registry: open("registry"), tracking: open("tracking"), monitoring: open("monitoring") };
  const { manager } = stack.use(await patientJetStream(nats.url));
  return { databases, jetstream: manager, streamNames };
}
