import type { World } from "../world/world.ts";
import { administration } from "./administration.ts";
import type { Behaviour } from "./behaviour.ts";
import { watchedBody } from "./body.ts";
import { answerInstead, type Fault, makeFaultBook } from "./faults.ts";
import { makeGate } from "./gate.ts";

export interface Simulator extends AsyncDisposable {
  /** Base address without a trailing slash. */
  url: string;
  port: number;
  world: World;
}

export interface ListenOptions {
  port?: number;
  host?: string;
}

const ADMIN_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Serves a behaviour with what all of them share: counters, faults, one call at a time, administration. */
export function serveSimulator(behaviour: Behaviour, options: ListenOptions): Simulator {
  const counters: Record<string, Record<string, number>> = {};
  const faults = makeFaultBook();
  const gate = makeGate(behaviour.concurrency);
  let outage: number | null = null;
  const count = (endpoint: string, outcome: string) => {
    const calls = counters[endpoint] ?? {};
    calls[outcome] = (calls[outcome] ?? 0) + 1;
    counters[endpoint] = calls;
  };

  const answer = async (request: Request, url: URL): Promise<Response> => {
    const endpoint = behaviour.endpointOf(request, url);
    if (endpoint === null) {
      count("unknown", "404");
      return behaviour.unknownAddress();
    }
    const refused =
      outage === null ? behaviour.guard?.(request, url, endpoint) : new Response("outage", { status: outage });
    if (refused != null) {
      count(endpoint, String(refused.status));
      return refused;
    }
    const turn = await gate.enter(request.signal);
    if (turn === null) {
      const busy = behaviour.busy();
      count(endpoint, String(busy.status));
      return busy;
    }
    try {
      const fault = faults.take(endpoint);
      const response = await spoiledAnswer(fault, request, () => behaviour.handle(request, url, endpoint));
      count(endpoint, String(response.status));
      return watchedBody(response, fault, turn.done, turn.broken);
    } catch (error) {
      turn.done();
      count(endpoint, "failed");
      throw error;
    }
  };

  const administer = administration(behaviour, {
    faults,
    outage: () => outage,
    setOutage: (status) => {
      outage = status;
    },
    counters: () => counters,
    gate,
  });

  const server = Bun.serve({
    hostname: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    // An answer may take many minutes; 255 seconds is the most that Bun takes, 0 switches the limit off.
    idleTimeout: 0,
    maxRequestBodySize: ADMIN_BODY_BYTES_MAX,
    fetch: async (request) => {
      const url = new URL(request.url);
      if (!url.pathname.startsWith("/_admin/")) return answer(request, url);
      try {
        return await administer(request, url);
      } catch (error) {
        return Response.json({ error: error instanceof Error ? error.message : String(error) }, { status: 400 });
      }
    },
    error: (error) => new Response(`${behaviour.name}: ${error.message}`, { status: 500 }),
  });
  const port = server.port ?? 0;
  return {
    url: `http://${options.host ?? "127.0.0.1"}:${port}`,
    port,
    world: behaviour.world,
    [Symbol.asyncDispose]: async () => {
      await server.stop(true);
    },
  };
}

async function spoiledAnswer(fault: Fault | null, request: Request, work: () => Promise<Response>): Promise<Response> {
  if (fault?.latencyMs !== undefined) await pause(fault.latencyMs, request.signal);
  if (fault?.hang === true) await pause(Number.POSITIVE_INFINITY, request.signal);
  return (fault === null ? null : answerInstead(fault)) ?? (await work());
}

/** Waits, or gives up with the caller. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Error("the caller went away"));
    });
  });
}
