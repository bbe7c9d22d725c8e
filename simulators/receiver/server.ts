import { type ListenOptions, type Simulator, serveSimulator } from "../harness/simulator.ts";
import { worldFrom } from "../harness/world-options.ts";
import { makeShelf } from "./shelf.ts";
import { isSigned } from "./signature.ts";

export interface ReceiverOptions extends ListenOptions {
  /** Default `dozor-receiver-secret`. */
  secret?: string;
}

interface Refusal {
  status: number;
  body: string;
}

const TOLERANCE_S = 300;

/** A system that is sent objects by signed webhooks: it keeps what it accepted and takes a repeat for a repeat. */
export async function start(options: ReceiverOptions = {}): Promise<Simulator> {
  const secret = options.secret ?? "dozor-receiver-secret";
  const shelf = makeShelf();
  const refusals = new Map<string, Refusal>();
  return serveSimulator(
    {
      name: "receiver",
      // It has no part in the world; the harness asks it for the time.
      world: worldFrom({ assets: 10 }),
      concurrency: "allow",
      endpointOf: (request, url) =>
        url.pathname === "/objects" && request.method === "POST"
          ? "objects"
          : url.pathname === "/notices" && request.method === "POST"
            ? "notices"
            : null,
      handle: async (request, _, endpoint) => {
        const text = await request.text();
        const id = request.headers.get("webhook-id") ?? "";
        if (!isSigned(request.headers, text, secret, TOLERANCE_S)) return plain(401, "the signature is wrong");
        const message = messageOf(text);
        if (message === null) return plain(400, "expected an object with type, timestamp and data");
        if (endpoint === "notices") {
          shelf.keepNotice(id, message.data);
          return plain(200, "noticed");
        }
        const { objectId, version } = objectOf(message.data);
        const refusal = refusals.get(objectId) ?? refusals.get("*");
        if (refusal !== undefined) return plain(refusal.status, refusal.body);
        return plain(200, shelf.keep({ recordId: id, type: message.type, objectId, version, data: message.data }));
      },
      busy: () => plain(503, "busy"),
      unknownAddress: () => plain(404, "not found"),
      admin: {
        object: (url) => Response.json(shelf.object(url.searchParams.get("id") ?? "")),
        accepted: (url) => Response.json(shelf.accepted(Number(url.searchParams.get("after") ?? 0))),
        notices: () => Response.json({ notices: shelf.notices() }),
      },
      adminPosts: {
        refuse: (posted) => {
          const { objectId = "*", status = 422, body = "refused" } = posted as Partial<Refusal & { objectId: string }>;
          refusals.set(objectId, { status, body });
          return { refusals: Object.fromEntries(refusals) };
        },
        accept: (posted) => {
          const { objectId } = posted as { objectId?: string };
          if (objectId === undefined) refusals.clear();
          else refusals.delete(objectId);
          return { refusals: Object.fromEntries(refusals) };
        },
      },
      state: () => ({ ...shelf.counts(), refusals: Object.fromEntries(refusals) }),
    },
    options,
  );
}

function messageOf(text: string): { type: string; data: Record<string, unknown> } | null {
  try {
    const { type, timestamp, data } = JSON.parse(text) as Record<string, unknown>;
    if (typeof type !== "string" || typeof timestamp !== "string" || typeof data !== "object" || data === null)
      return null;
    return { type, data: data as Record<string, unknown> };
  } catch {
    return null;
  }
}

/** Objects carry their id in the source's system and our version in their header. */
function objectOf(data: Record<string, unknown>): { objectId: string; version: string } {
  const header = (data.header ?? {}) as Record<string, unknown>;
  return { objectId: String(header.externalId ?? ""), version: String(header.version ?? "") };
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
