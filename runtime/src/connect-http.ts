// The HTTP side of the server: Connect, gRPC-Web and JSON calls, CORS, /metrics, and whatever else a service answers.

import { cors, createConnectRouter } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import type { Server } from "bun";
import { metrics } from "./metrics.ts";
import type { Route } from "./route.ts";

type HttpOptions = {
  requestBytesMax: number;
  timeoutMsMax: number;
  draining: AbortSignal;
  stopped: AbortSignal;
  allowedOrigins: readonly string[];
  extraHttp?: (request: Request) => Response | Promise<Response> | undefined;
};

type Call = { handle(request: Request): Promise<Response>; isStream: boolean };

export function connectFetch(routes: readonly Route[], options: HttpOptions) {
  const calls = callsOf(routes, options);
  return async (request: Request, server: Server<undefined>): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const call = calls.get(pathname);
    if (call === undefined) return await otherwise(request, pathname, options);
    const origin = request.headers.get("origin");
    const allowed = origin !== null && options.allowedOrigins.includes(origin) ? origin : undefined;
    if (request.method === "OPTIONS") return preflight(allowed);
    // A quiet stream would be cut after the idle timeout.
    if (call.isStream) server.timeout(request, 0);
    const response = await call.handle(request);
    if (allowed === undefined) return response;
    response.headers.set("access-control-allow-origin", allowed);
    response.headers.set("access-control-expose-headers", exposedHeaders);
    response.headers.append("vary", "origin");
    return response;
  };
}

function callsOf(
  routes: readonly Route[],
  { requestBytesMax, timeoutMsMax, draining, stopped }: HttpOptions,
): Map<string, Call> {
  const router = createConnectRouter({ grpc: false, readMaxBytes: requestBytesMax, maxTimeoutMs: timeoutMsMax });
  for (const { service, implementation } of routes) {
    for (const method of service.methods) {
      const handler = implementation[method.localName] as never;
      if (handler === undefined) continue;
      const isSingle = method.methodKind === "unary" || method.methodKind === "client_streaming";
      router.rpc(method, handler, { shutdownSignal: isSingle ? stopped : draining });
    }
  }
  return new Map(
    router.handlers.map((handler) => [
      handler.requestPath,
      { handle: createFetchHandler(handler, { httpVersion: "2" }), isStream: handler.method.methodKind !== "unary" },
    ]),
  );
}

async function otherwise(request: Request, pathname: string, { extraHttp }: HttpOptions): Promise<Response> {
  if (pathname === "/metrics" && request.method === "GET") {
    return new Response(await metrics.registry.metrics(), {
      headers: { "content-type": metrics.registry.contentType },
    });
  }
  const answer = await extraHttp?.(request);
  return answer ?? new Response("not found", { status: 404 });
}

function preflight(origin: string | undefined): Response {
  if (origin === undefined) return new Response(null, { status: 403 });
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": cors.allowedMethods.join(", "),
      "access-control-allow-headers": [
        ...cors.allowedHeaders,
        "authorization",
        "traceparent",
        "log_level",
        "log-level",
      ].join(", "),
      "access-control-max-age": "7200",
      vary: "origin",
    },
  });
}

const exposedHeaders = cors.exposedHeaders.join(", ");
