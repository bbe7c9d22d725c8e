import { type ListenOptions, type Simulator, serveSimulator } from "../harness/simulator.ts";
import { type WorldSource, worldFrom } from "../harness/world-options.ts";
import { iso } from "../world/calendar.ts";
import type { Device } from "../world/devices.ts";
import { makeFeed } from "../world/feed.ts";
import type { World } from "../world/world.ts";
import { addZone } from "../world/zones.ts";
import { readNewZone } from "./new-zone.ts";
import { makeRate } from "./rate.ts";

export interface XKeeperOptions extends WorldSource, ListenOptions {
  /** Default `dozor-xkeeper-token`. */
  token?: string;
  /** Calls per second before 429, default 5, 0 for no limit. */
  rate?: number;
  /** One call at a time, default true: a second one is answered 429. */
  oneAtATime?: boolean;
}

const DEVICES_LIMIT_MAX = 1000;
const CONTACTS_LIMIT_MAX = 5000;
const ZONES_LIMIT = 200;

/** The tracker provider, by the neutral contract: devices, contacts by time of receipt, zones. */
export async function start(options: XKeeperOptions = {}): Promise<Simulator> {
  const world = worldFrom(options);
  const feed = makeFeed(world);
  const rate = makeRate(options.rate ?? 5);
  const token = `Bearer ${options.token ?? "dozor-xkeeper-token"}`;
  return serveSimulator(
    {
      name: "xkeeper",
      world,
      concurrency: options.oneAtATime === false ? "allow" : "503",
      endpointOf: (_, url) => /^\/api\/v1\/(devices|contacts|zones)$/.exec(url.pathname)?.[1] ?? null,
      guard: (request) => {
        if (request.headers.get("authorization") !== token)
          return failure(401, "unauthorized", "token is missing or wrong");
        const waitSeconds = rate();
        return waitSeconds === 0 ? null : tooMany(waitSeconds, "too many calls a second");
      },
      handle: async (request, url, endpoint) => {
        if (request.method === "POST" && endpoint === "zones") return createZone(world, request);
        if (request.method !== "GET") return failure(405, "method_not_allowed", request.method);
        try {
          if (endpoint === "devices") return listDevices(world, url);
          return endpoint === "zones" ? listZones(world, url) : listContacts(feed, url);
        } catch (error) {
          if (error instanceof RangeError) return failure(422, "invalid_parameter", error.message);
          throw error;
        }
      },
      busy: () => tooMany(1, "one call at a time"),
      unknownAddress: () => failure(404, "not_found", "no such address"),
      admin: {
        device: (url) => {
          const id = url.searchParams.get("id");
          for (let index = 0; index < world.deviceCount(); index++) {
            const device = world.deviceAt(index);
            if (device.id === id) return Response.json(device);
          }
          return Response.json({ error: `no device ${id}` }, { status: 404 });
        },
      },
      state: () => ({
        devices: world.deviceCount(),
        zones: world.zones.zones.length,
        addedContacts: world.addedContacts.length,
      }),
    },
    options,
  );
}

function listDevices(world: World, url: URL): Response {
  const limit = limitOf(url, DEVICES_LIMIT_MAX, DEVICES_LIMIT_MAX);
  const from = offsetOf(url);
  const items: unknown[] = [];
  let index = from;
  for (; index < world.deviceCount() && items.length < limit; index++) {
    const device = world.deviceAt(index);
    if (device.installedAtMs <= world.clock.now()) items.push(shownDevice(device));
  }
  return Response.json({ items, next: index < world.deviceCount() ? cursorOf(index) : null });
}

function shownDevice(device: Device) {
  const { id, imei, series, name, vin, plate, installedAtMs, removedAtMs } = device;
  const removedAt = removedAtMs === null ? null : iso(removedAtMs);
  return { id, imei, series, name, vin, plate, installedAt: iso(installedAtMs), removedAt };
}

function listContacts(feed: ReturnType<typeof makeFeed>, url: URL): Response {
  const limit = limitOf(url, CONTACTS_LIMIT_MAX, CONTACTS_LIMIT_MAX);
  const since = url.searchParams.get("since");
  const sinceMs = since === null ? 0 : Date.parse(since);
  if (Number.isNaN(sinceMs)) throw new RangeError(`since is not a time: ${since}`);
  const { contacts, next } = feed(sinceMs, url.searchParams.get("cursor") || null, limit);
  return Response.json({ items: contacts.map(({ contact }) => contact), next });
}

function listZones(world: World, url: URL): Response {
  const from = offsetOf(url);
  const items = world.zones.zones.slice(from, from + ZONES_LIMIT);
  const end = from + items.length;
  return Response.json({ items, next: end < world.zones.zones.length ? cursorOf(end) : null });
}

async function createZone(world: World, request: Request): Promise<Response> {
  const zone = readNewZone(await request.json().catch(() => null));
  if (typeof zone === "string") return failure(422, "invalid_zone", zone);
  if (world.zones.zones.some((one) => one.name === zone.name))
    return failure(409, "name_taken", `zone ${zone.name} exists`);
  const id = `z${world.zones.zones.length + 1}`;
  addZone(world.zones, { id, updatedAt: iso(world.clock.now()), ...zone });
  return Response.json({ id }, { status: 201 });
}

function limitOf(url: URL, byDefault: number, max: number): number {
  const limit = Number(url.searchParams.get("limit") || byDefault);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) throw new RangeError(`limit must be 1 to ${max}`);
  return limit;
}

function offsetOf(url: URL): number {
  const cursor = url.searchParams.get("cursor");
  if (cursor === null || cursor === "") return 0;
  const offset = Number(Buffer.from(cursor, "base64url").toString());
  if (!Number.isInteger(offset) || offset < 0) throw new RangeError(`unknown cursor ${cursor}`);
  return offset;
}

function cursorOf(offset: number): string {
  return Buffer.from(String(offset)).toString("base64url");
}

function tooMany(retryAfterSeconds: number, message: string): Response {
  const response = failure(429, "too_many_requests", message);
  response.headers.set("retry-after", String(retryAfterSeconds));
  return response;
}

function failure(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}
