import { builtApp } from "./built-app.ts";
import { devSignIn } from "./dev-sign-in.ts";
import { rpcProxy } from "./rpc-proxy.ts";
import { staticFiles } from "./static-files.ts";

export type ConsoleOptions = {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Origins of the instances of each service, in the order in which they are tried. */
  registryUrl: string | readonly string[];
  trackingUrl: string | readonly string[];
  monitoringUrl: string | readonly string[];
  /** Development mode: whoever opens the sign-in page may choose one of the tokens `<dir>/<user>.jwt`. */
  devTokens?: { dir: string };
  signal: AbortSignal;
};
export type RunningConsole = AsyncDisposable & { url: string };

// Zones are the largest thing that a person sends: 3.5 MB of GeoJSON.
const requestBytesMax = 4 * 1024 * 1024;

/** Serves the console and passes its calls to the services, all from one origin. Builds the app first where that is not done yet. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const files = staticFiles(await builtApp(options.signal));
  const signIn = devSignIn(options.devTokens?.dir);
  const origins = { registry: options.registryUrl, tracking: options.trackingUrl, monitoring: options.monitoringUrl };
  const proxy = rpcProxy(
    Object.fromEntries(
      Object.entries(origins).flatMap(([service, urls]) => [
        [`dozor.${service}.v1`, [urls].flat()],
        // One contract, served by each over its own journal, dead letters and findings.
        [`${service}/dozor.integration.v1`, [urls].flat()],
      ]),
    ),
  );
  const server = Bun.serve({
    hostname: options.host,
    port: options.port,
    maxRequestBodySize: requestBytesMax,
    async fetch(request, listener) {
      const url = new URL(request.url);
      if (proxy.serves(url.pathname)) {
        // A watch may say nothing for minutes; the deadline of a call is the caller's and the service's affair.
        listener.timeout(request, 0);
        return proxy.forward(request, url);
      }
      if (signIn.serves(url.pathname)) return signIn.respond(request, url);
      return files.respond(request, url);
    },
    error(error) {
      console.error(JSON.stringify({ event: "console_request_failed", error: String(error) }));
      return new Response("the console's server failed on this request", { status: 500 });
    },
  });
  const stop = () => void server.stop(true);
  options.signal.addEventListener("abort", stop, { once: true });
  return {
    url: server.url.href.replace(/\/$/, ""),
    async [Symbol.asyncDispose]() {
      options.signal.removeEventListener("abort", stop);
      await server.stop(true);
    },
  };
}
