/** An X-Keeper of a test: answers the contract from lists that the test fills, and fails as the test asks. */
export type XKeeperServer = Disposable & {
  url: string;
  token: string;
  devices: WireItem[];
  contacts: WireItem[];
  zones: WireItem[];
  /** Decides what becomes of a call; undefined lets it through. */
  intercept: (call: Call) => Response | undefined;
  calls: Call[];
  /** Calls that were answered while another was still being answered. */
  overlapCount: number;
};
export type WireItem = Record<string, unknown>;
export type Call = { path: string; query: URLSearchParams; atMs: number };

const token = "keeper-token";

export function startXKeeperServer(): XKeeperServer {
  let inFlight = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const url = new URL(request.url);
      const call = { path: url.pathname.replace("/api/v1/", ""), query: url.searchParams, atMs: performance.now() };
      keeper.calls.push(call);
      if (inFlight > 0) keeper.overlapCount += 1;
      inFlight += 1;
      try {
        if (request.headers.get("authorization") !== `Bearer ${token}`) return refusal(401, "unauthorized");
        return keeper.intercept(call) ?? (await answer(keeper, request, call));
      } finally {
        inFlight -= 1;
      }
    },
  });
  const keeper: XKeeperServer = {
    url: `http://127.0.0.1:${server.port}`,
    token,
    devices: [],
    contacts: [],
    zones: [],
    intercept: () => undefined,
    calls: [],
    overlapCount: 0,
    [Symbol.dispose]: () => void server.stop(true),
  };
  return keeper;
}

export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { code, message: code } }, { status, headers });
}

async function answer(keeper: XKeeperServer, request: Request, { path, query }: Call): Promise<Response> {
  if (request.method === "POST" && path === "zones") {
    const zone = (await request.json()) as WireItem;
    if (keeper.zones.some((each) => each.name === zone.name)) return refusal(409, "exists");
    const id = `z${keeper.zones.length + 1}`;
    keeper.zones.push({ id, ...zone, updatedAt: new Date().toISOString() });
    return Response.json({ id }, { status: 201 });
  }
  if (path === "devices") return page(keeper.devices, query);
  if (path === "zones") return page(keeper.zones, query);
  if (path !== "contacts") return refusal(404, "not_found");
  const since = Date.parse(query.get("since") ?? "");
  const received = keeper.contacts
    .filter((contact) => !(Date.parse(String(contact.receivedAt)) < since))
    .sort((a, b) => Date.parse(String(a.receivedAt)) - Date.parse(String(b.receivedAt)));
  return page(received, query);
}

function page(items: readonly WireItem[], query: URLSearchParams): Response {
  const from = Number((query.get("cursor") ?? "p0").slice(1));
  const limit = Number(query.get("limit") ?? "1000");
  const next = from + limit < items.length ? `p${from + limit}` : null;
  return Response.json({ items: items.slice(from, from + limit), next });
}
