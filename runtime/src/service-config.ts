// The settings every service has: who it is, where it listens, its database, the streams, who may call it. What only one service knows is
// read beside them, by its own config.ts.

import type { ConfigReader, Env } from "./config.ts";
import { readConfigFile } from "./config.ts";
import { type Section, section } from "./config-section.ts";
import { type ArmedFailpoints, parseFailpoints } from "./failpoint.ts";
import { type LogLevel, logLevels } from "./log.ts";

export type ServiceConfig<Names = Record<string, string>> = {
  /** Name of this process among its equals. */
  instance: string;
  logLevel: LogLevel;
  host: string;
  grpcPort: number;
  httpPort: number;
  probePort: number;
  allowedOrigins: readonly string[];
  reflection: boolean;
  databaseUrl: string;
  databasePoolMax: number;
  migrate: boolean;
  natsUrl: string;
  streamNames: Names;
  streamReplicas: number;
  leaseTtlMs: number;
  auth: { issuer: string; audience: string; jwksFile: string | undefined; jwksUrl: string | undefined };
  /** Whose days are business days. */
  timeZone: string;
  otlpEndpoint: string | undefined;
  /** Places at which a fault test strikes this process; none in ordinary life. */
  failpoints?: ArmedFailpoints | undefined;
};

export type ServiceDefaults<Names> = {
  /** Its upper-case form begins the names of settings that differ between the services of one machine. */
  service: string;
  /** gRPC listens here, HTTP and the probe on the next two. */
  portBase: number;
  streamNames: Names;
  /** Which variable changes which of the stream names. */
  streamVariables: { [K in keyof Names]: string };
};

/** Reads what all services have in common; problems are collected by the reader. */
export function readServiceConfig<Names extends { [K in keyof Names]: string }>(
  read: ConfigReader,
  { service, portBase, streamNames, streamVariables }: ServiceDefaults<Names>,
): ServiceConfig<Names> {
  const prefix = service.toUpperCase();
  const port = (name: string, offset: number) =>
    read.integer(`${prefix}_${name}_PORT`, { default: portBase + offset, min: 0, max: 65_535 });
  const timeZone = read.string("DOZOR_BUSINESS_TIME_ZONE", { default: "Europe/Moscow" });
  if (!isTimeZone(timeZone)) read.problem("DOZOR_BUSINESS_TIME_ZONE is not a time zone such as Europe/Moscow");
  const jwksFile = read.optional("DOZOR_AUTH_JWKS_FILE");
  const jwksUrl = read.optional("DOZOR_AUTH_JWKS_URL");
  if (jwksFile === undefined && jwksUrl === undefined)
    read.problem("DOZOR_AUTH_JWKS_FILE or DOZOR_AUTH_JWKS_URL is missing");
  const names = { ...streamNames };
  for (const key in streamVariables) {
    // A name is a text in every such type, which TypeScript cannot see through the parameter.
    names[key] = read.string(streamVariables[key], { default: streamNames[key] }) as Names[typeof key];
  }
  return {
    instance: read.string("DOZOR_INSTANCE", { default: `${service}-${process.pid}` }),
    logLevel: read.oneOf("DOZOR_LOG_LEVEL", logLevels, { default: "info" }),
    host: read.string(`${prefix}_HOST`, { default: "127.0.0.1" }),
    grpcPort: port("GRPC", 0),
    httpPort: port("HTTP", 1),
    probePort: port("PROBE", 2),
    allowedOrigins: read.list("DOZOR_ALLOWED_ORIGINS", { default: [] }),
    reflection: read.boolean("DOZOR_REFLECTION", { default: true }),
    databaseUrl: read.secret(`${prefix}_DATABASE_URL`),
    databasePoolMax: read.integer(`${prefix}_DATABASE_POOL_MAX`, { default: 10, min: 4, max: 100 }),
    migrate: read.boolean(`${prefix}_MIGRATE`, { default: true }),
    natsUrl: read.string("DOZOR_NATS_URL", { default: "nats://127.0.0.1:15140" }),
    streamNames: names,
    streamReplicas: read.integer("DOZOR_STREAM_REPLICAS", { default: 1, min: 1, max: 5 }),
    leaseTtlMs: read.durationMs("DOZOR_LEASE_TTL", { default: "30s", minMs: 1_000 }),
    auth: {
      issuer: read.string("DOZOR_AUTH_ISSUER", { default: "dozor-local" }),
      audience: read.string("DOZOR_AUTH_AUDIENCE", { default: "dozor" }),
      jwksFile,
      jwksUrl,
    },
    timeZone,
    otlpEndpoint: read.optional("OTEL_EXPORTER_OTLP_ENDPOINT"),
    failpoints: readFailpoints(read),
  };
}

function readFailpoints(read: ConfigReader): ArmedFailpoints | undefined {
  const text = read.optional("DOZOR_FAILPOINTS");
  try {
    return text === undefined ? undefined : parseFailpoints(text);
  } catch (error) {
    read.problem(`DOZOR_FAILPOINTS: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Reads the service's own section of the file that DOZOR_CONFIG_FILE names; an empty one without such a file. */
export async function readServiceSection<T>(
  read: ConfigReader,
  env: Env,
  name: string,
  readSection: (section: Section) => T,
): Promise<T> {
  const file = env.DOZOR_CONFIG_FILE === undefined ? {} : await readConfigFile(env.DOZOR_CONFIG_FILE);
  const problems: string[] = [];
  const value = readSection(section(file ?? {}, "", problems).section(name));
  for (const problem of problems) read.problem(`${env.DOZOR_CONFIG_FILE}: ${problem}`);
  return value;
}

/** What sources, providers and receivers have in common: a name that is part of ids, metrics and job names, and an http address. */
export function checkPeer(peer: Section, { name, baseUrl }: { name?: string; baseUrl: string }): void {
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]{0,40}$/.test(name))
    peer.problem("name is not of lower-case Latin letters, digits and hyphens");
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) peer.problem("baseUrl is not an http address");
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
