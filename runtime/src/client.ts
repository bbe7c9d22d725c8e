// Calls to other services over gRPC. Promised: every call carries the caller's token, trace and log level, single calls have a deadline, and what is safe to
// repeat is repeated while the other side is unavailable. Not promised: anything for calls with side effects; those fail at once.

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { SpanKind } from "@opentelemetry/api";
import { requestLogLevel } from "./log.ts";
import { metrics } from "./metrics.ts";
import type { TlsFiles } from "./server.ts";
import { span, traceparent } from "./telemetry.ts";

export type GrpcClientOptions = {
  /** http://host:port for h2c, https with `tls`. */
  baseUrl: string;
  /** The access token, asked for before each attempt. */
  token: () => Promise<string> | string;
  /** Deadline of single calls which name none; streams have none unless they name one. */
  timeoutMs?: number;
  attemptsMax?: number;
  tls?: TlsFiles;
};

export function createGrpcClient<S extends DescService>(service: S, options: GrpcClientOptions): Client<S> {
  const transport = createGrpcTransport({
    baseUrl: options.baseUrl,
    interceptors: [repeat(options.attemptsMax ?? 4), observe, authorize(options.token)],
    // More frequent pings make clients on Bun drop busy connections.
    pingIntervalMs: 30_000,
    pingTimeoutMs: 10_000,
    ...(options.tls === undefined ? {} : { nodeOptions: readTls(options.tls) }),
  });
  return createClient(service, withDeadline(transport, options.timeoutMs ?? 10_000));
}

function withDeadline(transport: Transport, singleMs: number): Transport {
  return {
    unary: (method, signal, timeoutMs, ...rest) => transport.unary(method, signal, timeoutMs ?? singleMs, ...rest),
    stream: (method, signal, timeoutMs, ...rest) => transport.stream(method, signal, timeoutMs, ...rest),
  };
}

const authorize =
  (token: GrpcClientOptions["token"]): Interceptor =>
  (next) =>
  async (request) => {
    request.header.set("authorization", `Bearer ${await token()}`);
    return await next(request);
  };

const repeat =
  (attemptsMax: number): Interceptor =>
  (next) =>
  async (request) => {
    const isSafe = !request.stream && request.method.idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN;
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(request);
      } catch (error) {
        if (!isSafe || attempt >= attemptsMax || ConnectError.from(error).code !== Code.Unavailable) throw error;
        await delay(Math.random() * 50 * 2 ** attempt, undefined, { signal: request.signal });
      }
    }
  };

const labels = ["grpc_type", "grpc_service", "grpc_method"] as const;
const startedCount = metrics.counter({ name: "grpc_client_started_total", help: "Calls made", labels });
const handledCount = metrics.counter({
  name: "grpc_client_handled_total",
  help: "Calls ended, by status",
  labels: [...labels, "grpc_code"],
});
const handlingSeconds = metrics.histogram({
  name: "grpc_client_handling_seconds",
  help: "Time until the answer, or until a stream begins",
  labels,
});

const observe: Interceptor = (next) => (request) => {
  const name = `${request.service.typeName}/${request.method.name}`;
  const target = {
    grpc_type: request.stream ? "stream" : "unary",
    grpc_service: request.service.typeName,
    grpc_method: request.method.name,
  };
  const attributes = { "rpc.system.name": "grpc", "rpc.method": name };
  return span(name, { kind: SpanKind.CLIENT, attributes }, async (active) => {
    const startedMs = performance.now();
    let code = "OK";
    startedCount.inc(target);
    const parent = traceparent();
    if (parent !== undefined) request.header.set("traceparent", parent);
    const level = requestLogLevel();
    if (level !== undefined) request.header.set("log_level", level);
    try {
      return await next(request);
    } catch (error) {
      const status = statusOf(error, request);
      code = Code[status.code] ?? "Unknown";
      throw status;
    } finally {
      active.setAttribute("rpc.status_code", code);
      handledCount.inc({ ...target, grpc_code: code });
      handlingSeconds.observe(target, (performance.now() - startedMs) / 1_000);
    }
  });
};

/** A lost connection looks like a cancelled call on Bun, although nobody cancelled it. */
function statusOf(error: unknown, { signal, url }: { signal: AbortSignal; url: string }): ConnectError {
  const status = ConnectError.from(error);
  if (status.code !== Code.Canceled || signal.aborted) return status;
  return new ConnectError(
    `the connection was lost during the call of ${url}`,
    Code.Unavailable,
    undefined,
    undefined,
    error,
  );
}

function readTls({ caFile, certFile, keyFile }: TlsFiles) {
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };
}
