// One set of routes on two ports: native gRPC by grpc-js, and Connect, gRPC-Web and JSON by Bun.serve, which also answers /metrics. Promised: the same
// pipeline on both, health and reflection on both, and a stop which ends streams, lets single calls finish and then closes. Not promised: a
// rate limit per caller; that is the ingress's affair.

import { readFile } from "node:fs/promises";
import type { DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import type { Role, Verifier } from "./auth.ts";
import { guarded } from "./call-pipeline.ts";
import { connectFetch } from "./connect-http.ts";
import { grpcDefinition, grpcImplementation } from "./grpc-bridge.ts";
import { healthRoute } from "./health.ts";
import type { Log } from "./log.ts";
import { reflectionRoutes } from "./reflection.ts";
import type { Implementation, Route } from "./route.ts";

/** The roles which may call each method; a method left out is a compile error, an empty list means nobody. */
export type Access<S extends DescService> = { readonly [M in keyof S["method"]]: readonly Role[] };

export function route<S extends DescService>(service: S, implementation: ServiceImpl<S>, access: Access<S>): Route {
  return { service, implementation: implementation as Implementation, access };
}

export type TlsFiles = { caFile: string; certFile: string; keyFile: string };

export type ServerOptions = {
  host?: string;
  /** 0 means any free port. */
  grpcPort: number;
  httpPort: number;
  routes: readonly Route[];
  verifier: Verifier;
  log: Log;
  /** What health answers. */
  isReady: () => boolean;
  reflection?: boolean;
  /** Origins of browsers which may call, exactly as they send them. */
  allowedOrigins?: readonly string[];
  /** Largest request message. */
  requestBytesMax?: number;
  /** Longest deadline a Connect caller may ask for. */
  timeoutMsMax?: number;
  /** With it both ports speak TLS, and gRPC callers must show a certificate of this CA. */
  tls?: TlsFiles;
  /** Other HTTP paths; undefined means not mine. */
  extraHttp?: (request: Request) => Response | Promise<Response> | undefined;
  /** How long calls in flight may take after stop. */
  drainMs?: number;
};

export type Server = AsyncDisposable & { grpcUrl: string; httpUrl: string; stop(): Promise<void> };

export async function startServer(options: ServerOptions): Promise<Server> {
  const draining = new AbortController();
  const stopped = new AbortController();
  const isReady = () => !draining.signal.aborted && options.isReady();
  const services = options.routes.map(({ service }) => service);
  const health = healthRoute(
    services.map(({ typeName }) => typeName),
    isReady,
  );
  const extra = options.reflection === false ? [health] : [health, ...reflectionRoutes([...services, health.service])];
  const routes = [...options.routes, ...extra].map((each) => ({ ...each, implementation: guarded(each, options) }));
  const tls = options.tls === undefined ? undefined : await readTls(options.tls);
  const limits = {
    requestBytesMax: options.requestBytesMax ?? 4 * 2 ** 20,
    timeoutMsMax: options.timeoutMsMax ?? 600_000,
  };
  const signals = { draining: draining.signal, stopped: stopped.signal };
  const host = options.host ?? "127.0.0.1";

  const grpc = await listenGrpc(routes, host, options.grpcPort, limits.requestBytesMax, signals, tls);
  const http = listenHttp(routes, host, options, limits, signals, tls);
  const drainMs = options.drainMs ?? 10_000;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= drain();
    return stopping;
  };
  async function drain(): Promise<void> {
    const reason = new ConnectError("the server is stopping, please call again", Code.Unavailable);
    draining.abort(reason);
    const timer = setTimeout(() => stopped.abort(reason), drainMs);
    const forced = setTimeout(() => {
      grpc.server.forceShutdown();
      void http.stop(true);
    }, drainMs + 1_000);
    await Promise.all([new Promise<void>((resolve) => grpc.server.tryShutdown(() => resolve())), http.stop()]);
    clearTimeout(timer);
    clearTimeout(forced);
  }
  const scheme = tls === undefined ? "http" : "https";
  const grpcUrl = `${scheme}://${host}:${grpc.port}`;
  const httpUrl = `${scheme}://${host}:${http.port}`;
  options.log.info("server.listening", { grpcUrl, httpUrl });
  return { grpcUrl, httpUrl, stop, [Symbol.asyncDispose]: stop };
}

type Tls = { ca: string; cert: string; key: string };
type Signals = { draining: AbortSignal; stopped: AbortSignal };

async function readTls({ caFile, certFile, keyFile }: TlsFiles): Promise<Tls> {
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map((path) => readFile(path, "utf8")));
  return { ca: ca ?? "", cert: cert ?? "", key: key ?? "" };
}

async function listenGrpc(
  routes: readonly Route[],
  host: string,
  port: number,
  requestBytesMax: number,
  signals: Signals,
  tls: Tls | undefined,
): Promise<{ server: GrpcServer; port: number }> {
  const server = new GrpcServer({
    "grpc.max_receive_message_length": requestBytesMax,
    "grpc.max_concurrent_streams": 200,
    "grpc.max_metadata_size": 16_384,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
  for (const { service, implementation } of routes) {
    server.addService(grpcDefinition(service), grpcImplementation(service, implementation, signals));
  }
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          Buffer.from(tls.ca),
          [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
          true,
        );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, credentials, (error, chosen) => {
      if (error === null) resolve(chosen);
      else reject(new Error(`listen for gRPC on ${host}:${port}`, { cause: error }));
    });
  });
  return { server, port: bound };
}

function listenHttp(
  routes: readonly Route[],
  host: string,
  { httpPort, allowedOrigins = [], extraHttp }: ServerOptions,
  limits: { requestBytesMax: number; timeoutMsMax: number },
  signals: Signals,
  tls: Tls | undefined,
) {
  const fetch = connectFetch(routes, {
    ...limits,
    ...signals,
    allowedOrigins,
    ...(extraHttp === undefined ? {} : { extraHttp }),
  });
  try {
    return Bun.serve({
      hostname: host,
      port: httpPort,
      http2: true,
      idleTimeout: 60,
      maxRequestBodySize: limits.requestBytesMax + 1_024,
      ...(tls === undefined ? {} : { tls: { ca: tls.ca, cert: tls.cert, key: tls.key } }),
      fetch,
    });
  } catch (error) {
    throw new Error(`listen for HTTP on ${host}:${httpPort}`, { cause: error });
  }
}
