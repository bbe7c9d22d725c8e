export type RpcProxy = {
  serves(path: string): boolean;
  /** Passes the call on and streams the answer back; when the browser goes away, so does the call. */
  forward(request: Request, url: URL): Promise<Response>;
};

const routePattern = /^\/(?<route>(?:[a-z]+\/)?dozor\.[a-z]+\.v1)\.[A-Za-z]+\/[A-Za-z]+$/;
// What a call needs to mean the same behind the proxy. Everything else, cookies above all, stays here.
const passedOn = [
  "accept-encoding",
  "authorization",
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "content-encoding",
  "content-type",
  "dozor-log-level",
  "log-level",
  "log_level",
  "traceparent",
  "tracestate",
];
const hopByHop = ["connection", "keep-alive", "transfer-encoding", "upgrade", "server"];

/**
 * Sends calls of each route to the first of its origins that takes the connection, beginning with the one that did last. A route is a
 * proto package, such as "dozor.tracking.v1"; of a contract that several services serve, the service before the package:
 * "tracking/dozor.integration.v1".
 */
export function rpcProxy(originsByRoute: Readonly<Record<string, readonly string[]>>): RpcProxy {
  const preferred = new Map<string, string>();
  const routeOf = (path: string) => routePattern.exec(path)?.groups?.route ?? "";
  return {
    serves: (path) => originsByRoute[routeOf(path)] !== undefined,
    async forward(request, url) {
      const name = routeOf(url.pathname);
      const path = url.pathname.replace(/^\/[a-z]+\/(?=dozor\.)/, "/");
      const origins = originsByRoute[name] ?? [];
      const first = preferred.get(name);
      const inOrder = first === undefined ? origins : [first, ...origins.filter((origin) => origin !== first)];
      const body = request.method === "POST" ? await request.arrayBuffer() : null;
      for (const origin of inOrder) {
        try {
          const answer = await call(origin + path + url.search, request, body);
          preferred.set(name, origin);
          return answer;
        } catch (error) {
          if (request.signal.aborted) return new Response(null, { status: 499 });
          if (!wasNeverReceived(error)) break;
        }
      }
      return unavailable(name);
    },
  };
}

async function call(address: string, request: Request, body: ArrayBuffer | null): Promise<Response> {
  const headers = new Headers();
  for (const name of passedOn) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const answer = await fetch(address, {
    method: request.method,
    headers,
    body,
    signal: request.signal,
    redirect: "manual",
    // Bytes pass as they are, and a watch may be silent for as long as nothing happens.
    decompress: false,
    timeout: false,
  } as RequestInit);
  const answered = new Headers(answer.headers);
  for (const name of hopByHop) answered.delete(name);
  answered.set("cache-control", "no-store");
  return new Response(answer.body, { status: answer.status, headers: answered });
}

/** Only a refused connection is safe to try elsewhere: a call that was sent may have had its effect. */
function wasNeverReceived(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ConnectionRefused", "ECONNREFUSED", "FailedToOpenSocket"].includes(code);
}

function unavailable(name: string): Response {
  const service = name.includes("/") ? name.split("/")[0] : name.split(".")[1];
  const message = `call ${service}: no instance of it took the connection or finished the answer`;
  return Response.json({ code: "unavailable", message }, { status: 503, headers: { "cache-control": "no-store" } });
}
