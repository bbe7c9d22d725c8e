import { join } from "node:path";
import { type StreamNames, streamVariables } from "@dozor/proto/streams";
import { answersOk } from "./answers-ok.ts";
import { type Child, type Exit, startChild } from "./child-process.ts";
import { heapSettings } from "./heap-settings.ts";
import type { LocalTokens } from "./local-tokens.ts";
import { type PortPlan, type ServiceName, serviceNames } from "./ports.ts";
import { repositoryRoot } from "./repository.ts";
import type { Watchdog } from "./watchdog.ts";

/** What every service process of one mesh is told. */
export type ServiceSettings = {
  dataDir: string;
  ports: PortPlan;
  tokens: LocalTokens;
  natsUrl: string;
  streamNames: StreamNames;
  configFile: string;
  /** What each service is started from. */
  programs: Record<ServiceName, string>;
  databaseUrlOf(service: ServiceName): string;
  /** Settings of this mesh beyond the usual ones, for tests. */
  extraEnv: Record<string, string>;
  watchdog: Watchdog;
};
export type ServiceInstance = {
  service: ServiceName;
  /** 0 for the first instance. */
  index: number;
  name: string;
  grpcUrl: string;
  httpUrl: string;
  probeUrl: string;
  isRunning(): boolean;
  /** The end of its life of now. */
  exited(): Promise<Exit>;
  pid(): number;
  /** Highest resident memory over all its lives, in MiB. */
  peakRssMiB(): number;
  /**
   * A life of its own settings: failpoints, or another version. The next life has the usual ones again. Not awaited until it is ready, since it ends by
   * itself when it has waited too long for Postgres or NATS.
   */
  start(life?: { env?: Record<string, string>; program?: string }): void;
  ready(signal?: AbortSignal): Promise<void>;
  stop(): Promise<Exit>;
  kill(): Promise<Exit>;
  pause(): void;
  resume(): void;
};

const readyDeadlineMs = 60_000;
const graceMs = 25_000;

/** One instance of a service as a process of its own; a killed one can be started again. */
export function serviceInstance(service: ServiceName, index: number, settings: ServiceSettings): ServiceInstance {
  const ports = settings.ports.services[service][index];
  if (ports === undefined) throw new Error(`start ${service}: the port plan has no instance ${index}`);
  const name = `${service}-${index + 1}`;
  const probeUrl = `http://127.0.0.1:${ports.probe}`;
  let child: Child | undefined;
  let peakMiB = 0;
  const current = (): Child => {
    if (child === undefined) throw new Error(`${name} was not started`);
    return child;
  };
  return {
    service,
    index,
    name,
    grpcUrl: `http://127.0.0.1:${ports.grpc}`,
    httpUrl: `http://127.0.0.1:${ports.http}`,
    probeUrl,
    isRunning: () => child?.isRunning() === true,
    exited: () => current().exited,
    pid: () => current().pid,
    peakRssMiB() {
      peakMiB = Math.max(peakMiB, child?.peakRssMiB() ?? 0);
      return peakMiB;
    },
    start({ env = {}, program = settings.programs[service] } = {}) {
      peakMiB = Math.max(peakMiB, child?.peakRssMiB() ?? 0);
      child = startChild({
        name,
        command: [process.execPath, program],
        env: { ...environmentOf(service, index, settings), ...env },
        cwd: repositoryRoot,
        logFile: join(settings.dataDir, "logs", `${name}.log`),
        graceMs,
        watchdog: settings.watchdog,
      });
    },
    ready: (signal) =>
      current().ready(() => answersOk(`${probeUrl}/readyz`), {
        deadlineMs: readyDeadlineMs,
        ...(signal ? { signal } : {}),
      }),
    stop: () => current().stop(),
    kill: () => current().kill(),
    pause: () => current().pause(),
    resume: () => current().resume(),
  };
}

function environmentOf(service: ServiceName, index: number, settings: ServiceSettings): Record<string, string> {
  const { ports, tokens, streamNames } = settings;
  const prefix = service.toUpperCase();
  const own = ports.services[service][index];
  const firstGrpc = (name: ServiceName) => `http://127.0.0.1:${ports.services[name][0]?.grpc}`;
  return {
    ...heapSettings,
    DOZOR_CONFIG_FILE: settings.configFile,
    DOZOR_INSTANCE: `${service}-${index + 1}`,
    DOZOR_NATS_URL: settings.natsUrl,
    ...streamEnvironment(streamNames),
    DOZOR_AUTH_ISSUER: tokens.issuer.issuer,
    DOZOR_AUTH_AUDIENCE: tokens.issuer.audience,
    DOZOR_AUTH_JWKS_FILE: tokens.issuer.jwksFile,
    DOZOR_ALLOWED_ORIGINS: `http://127.0.0.1:${ports.console},http://localhost:${ports.console}`,
    ...Object.fromEntries(serviceNames.map((name) => [`${prefix}_${name.toUpperCase()}_URL`, firstGrpc(name)])),
    [`${prefix}_DATABASE_URL`]: settings.databaseUrlOf(service),
    [`${prefix}_SERVICE_TOKEN_FILE`]: tokens.serviceTokenFile(service),
    [`${prefix}_GRPC_PORT`]: String(own?.grpc),
    [`${prefix}_HTTP_PORT`]: String(own?.http),
    [`${prefix}_PROBE_PORT`]: String(own?.probe),
    ...settings.extraEnv,
  };
}

function streamEnvironment(names: StreamNames): Record<string, string> {
  return Object.fromEntries(
    Object.entries(streamVariables).map(([key, variable]) => [variable, names[key as keyof StreamNames]]),
  );
}
