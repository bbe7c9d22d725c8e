import { writeFile } from "node:fs/promises";
import type { Concurrency } from "../harness/gate.ts";
import { type ListenOptions, pause, type Simulator, serveSimulator } from "../harness/simulator.ts";
import { type WorldSource, worldFrom } from "../harness/world-options.ts";
import type { EntityType } from "../world/entities.ts";
import { ENTITY_TYPES } from "../world/entities.ts";
import { computeTruth, type TruthOptions } from "../world/truth/truth.ts";
import type { World } from "../world/world.ts";
import { type Base, makeBase } from "./base.ts";
import type { ErrorShape } from "./errors.ts";
import { makeExchangePlan } from "./exchange-plan.ts";
import { type AckLogEntry, answerAck, answerChanges } from "./http-service.ts";
import { SETS } from "./mapping.ts";
import { answerOData, odataEndpoint } from "./odata.ts";
import { makeSessions, type SessionPolicy } from "./sessions.ts";
import { streamed } from "./stream.ts";

export interface OnecOptions extends WorldSource, ListenOptions {
  /** First part of the path, default `leasing`. */
  publication?: string;
  /** Default `Дозор` and `dozor`. */
  user?: string;
  password?: string;
  /** A call that comes while another runs; default `503`. */
  concurrency?: Exclude<Concurrency, "allow">;
  /** How long the sleeping base takes to answer, default 300 ms. */
  firstAnswerMs?: number;
  /** Default 30,000. */
  idleMs?: number;
  sessions?: SessionPolicy;
  /** Default 20 minutes. */
  sessionTimeoutMs?: number;
  errorShape?: ErrorShape;
  /** Objects in a message of the exchange plan, default 1000. */
  packetSize?: number;
  /** Broken records among the changes, default 30. */
  dirt?: number;
  /** Share of objects written again unchanged after they were received, default 0.05. */
  repeatShare?: number;
  /** Share of objects told twice within one batch of the HTTP service, default 0.005. */
  twiceShare?: number;
  bom?: boolean;
  /** Where to write the truth at the start. */
  truthFile?: string;
}

const ACK_LOG_MAX = 10_000;

/** The leasing base: the standard OData exchange and the HTTP service on one port, one call at a time. */
export async function start(options: OnecOptions = {}): Promise<Simulator> {
  const world = worldFrom(options);
  const base = makeBase(world, { dirt: options.dirt ?? 30, repeatShare: options.repeatShare ?? 0.05 });
  const plan = makeExchangePlan(world.plan.seed, base, options.packetSize ?? 1000);
  const sessions = makeSessions({
    policy: options.sessions ?? "honour",
    firstAnswerMs: options.firstAnswerMs ?? 300,
    idleMs: options.idleMs ?? 30_000,
    timeoutMs: options.sessionTimeoutMs ?? 20 * 60_000,
  });
  const acks: AckLogEntry[] = [];
  let batches = 0;
  const log = (entry: AckLogEntry) => {
    acks.push(entry);
    if (acks.length > ACK_LOG_MAX) acks.shift();
  };
  const nextBatch = () => ++batches;
  const http = { base, bom: options.bom ?? false, twiceShare: options.twiceShare ?? 0.005, nextBatch, log };
  const odata = { world, base, plan, errorShape: options.errorShape ?? "odata", log };
  const paths = pathsOf(options.publication ?? "leasing");
  const credentials = `Basic ${Buffer.from(`${options.user ?? "Дозор"}:${options.password ?? "dozor"}`).toString("base64")}`;

  const simulator = serveSimulator(
    {
      name: "1c",
      world,
      concurrency: options.concurrency ?? "503",
      endpointOf: (_, url) => endpointOf(paths, url),
      guard: (request) => (request.headers.get("authorization") === credentials ? null : unauthorized()),
      handle: async (request, url, endpoint) => {
        const session = sessions.use(request);
        if (session.delayMs > 0) await pause(session.delayMs, request.signal);
        if (session.refused !== null) return session.refused;
        const response = await work(request, url, endpoint);
        if (session.setCookie !== null) response.headers.set("set-cookie", session.setCookie);
        return response;
      },
      busy: () => new Response("Сервер занят", { status: 503, headers: { "retry-after": "1" } }),
      unknownAddress: () =>
        new Response("<html><body>404 Not Found</body></html>", {
          status: 404,
          headers: { "content-type": "text/html" },
        }),
      admin: {
        truth: async (url) => Response.json({ ...(await computeTruth(world, truthOptions(url))), dirt: dirtOf(base) }),
        ledger: () => streamed(ledgerJson(base), "application/json; charset=utf-8"),
        acknowledgements: () => Response.json({ acknowledgements: acks }),
      },
      adminPosts: {
        touch: (body) => touch(world, base, body as { type?: EntityType; share?: number; commentChars?: number }),
        "expire-sessions": () => {
          sessions.expireAll();
          return { sessions: sessions.count() };
        },
      },
      state: () => ({
        waiting: { odata: base.registrations.odata.waiting(), http: base.registrations.http.waiting() },
        objects: Object.fromEntries(ENTITY_TYPES.map((type) => [SETS[type], world.count(type)])),
        nodes: plan.nodes(),
        sessions: sessions.count(),
        dirt: dirtOf(base).length,
      }),
    },
    options,
  );
  async function work(request: Request, url: URL, endpoint: string): Promise<Response> {
    if (endpoint === "http.changes") return answerChanges(http, request, url);
    if (endpoint === "http.ack") return answerAck(http, request);
    return answerOData(odata, request, url, decodeURIComponent(url.pathname.slice(paths.odata.length)));
  }
  if (options.truthFile !== undefined) {
    await writeFile(options.truthFile, JSON.stringify({ ...(await computeTruth(world)), dirt: dirtOf(base) }));
  }
  return simulator;
}

function pathsOf(publication: string) {
  return { odata: `/${publication}/odata/standard.odata/`, http: `/${publication}/hs/dozor/v1/` };
}

function endpointOf(paths: { odata: string; http: string }, url: URL): string | null {
  if (url.pathname === `${paths.http}changes`) return "http.changes";
  if (url.pathname === `${paths.http}ack`) return "http.ack";
  if (!url.pathname.startsWith(paths.odata)) return null;
  return odataEndpoint(decodeURIComponent(url.pathname.slice(paths.odata.length)));
}

function unauthorized(): Response {
  return new Response("<html><body>Идентификация пользователя не выполнена</body></html>", {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="1C:Enterprise 8.3"', "content-type": "text/html; charset=utf-8" },
  });
}

function truthOptions(url: URL): TruthOptions {
  const instant = (name: string) => {
    const text = url.searchParams.get(name);
    const atMs = text === null ? undefined : Date.parse(text);
    if (atMs !== undefined && Number.isNaN(atMs)) throw new Error(`${name} is not an instant: ${text}`);
    return atMs;
  };
  const asOfMs = instant("asOf");
  const heardByMs = instant("heardBy");
  const businessDate = url.searchParams.get("businessDate");
  return {
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(heardByMs === undefined ? {} : { heardByMs }),
    ...(businessDate === null ? {} : { businessDate }),
  };
}

/** Writes a share of the objects again, unchanged, as scheduled jobs of real bases do; a long comment makes them heavy. */
function touch(
  world: World,
  base: Base,
  { type, share = 1, commentChars }: { type?: EntityType; share?: number; commentChars?: number },
) {
  if (commentChars !== undefined && !(Number.isInteger(commentChars) && commentChars >= 0 && commentChars <= 100_000))
    throw new RangeError(`touch: commentChars must be a whole number up to 100,000, not ${commentChars}`);
  const touched: number[] = [];
  for (const one of ENTITY_TYPES) {
    if (type !== undefined && one !== type) continue;
    for (let index = 0; index < world.count(one); index++) {
      if (world.deliveryOf(one, index) === "never" || (index * share) % 1 >= share) continue;
      touched.push(base.slotOf(SETS[one], world.entityAt(one, index).id));
    }
  }
  base.touch(touched, commentChars);
  return { touched: touched.length };
}

function dirtOf(base: Base) {
  return base.dirt().map(({ kind, fate, record }) => ({ kind, fate, type: record.set, id: record.id }));
}

function* ledgerJson(base: Base): Generator<string> {
  yield '{"entries":[';
  let separator = "\n";
  for (const entry of base.ledger()) {
    yield separator + JSON.stringify(entry);
    separator = ",\n";
  }
  yield "\n]}";
}
