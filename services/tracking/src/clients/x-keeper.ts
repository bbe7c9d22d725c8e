import { setTimeout as delay } from "node:timers/promises";
import { decodeStrictJson, EdgeError, type Json } from "@dozor/runtime/edge-json";
import { streamJsonItems } from "@dozor/runtime/edge-json-items";
import { readCapped, VendorError, vendorFetch } from "@dozor/runtime/vendor-http";
import { GeometryError, geometryJson } from "../domain/geojson.ts";
import type { Shape } from "../domain/geometry.ts";
import type { CallAttempt, RefusedItem } from "../domain/provider-report.ts";
import { ItemError, readItem } from "./item-reader.ts";
import {
  type CallGate,
  type OpenGate,
  type Page,
  type Provider,
  UnknownPageError,
  type WriteCall,
} from "./provider.ts";
import { type Reader, readContact, readDevice, readOne, readZone } from "./x-keeper-items.ts";

export type XKeeperOptions = {
  name: string;
  /** Without /api/v1. */
  baseUrl: string;
  token: string;
  callsPerSecond: number;
  /** Pause before the first repetition of a failed call; doubled each time. */
  retryDelayMs: number;
  timeoutMs: number;
  /** Items of a page. The contract allows 1,000 devices and 5,000 contacts. */
  devicesPerPage: number;
  contactsPerPage: number;
};

const attemptsMax = 4;
const holdOffMaxMs = 300_000;
/** Longer items are kept by their beginning and cannot be read again. */
const rawMax = 16_384;

/** X-Keeper over its neutral contract, version 1. */
export function createXKeeper(options: XKeeperOptions, openGate: OpenGate, writeCall: WriteCall): Provider {
  const gate = openGate(options.name, { callsPerSecond: options.callsPerSecond, oneCallAtATime: true });
  const list = async <T>(
    path: string,
    query: Record<string, string | undefined>,
    read: Reader<T>,
    signal: AbortSignal,
  ): Promise<Page<T>> => {
    const url = addressOf(options, path, query);
    const attempts: CallAttempt[] = [];
    const call = (callSignal: AbortSignal) => fetchPage(options, url, path, read, callSignal);
    try {
      const page = await repeated(options, gate, signal, (callSignal) => noted(attempts, callSignal, call));
      const counts = { itemCount: page.items.length, refusedCount: page.refused.length, next: page.next };
      const callId = await writeCall(options.name, { requestType: path, body: { ...query, ...counts }, attempts });
      return { ...page, callId };
    } catch (error) {
      // What was given up because we stop says nothing of the provider.
      if (!signal.aborted && attempts.some((attempt) => attempt.error !== undefined) && error instanceof VendorError)
        await writeCall(options.name, { requestType: path, body: query, attempts, error: error.message });
      throw error;
    }
  };
  return {
    name: options.name,
    adapter: "x-keeper",
    devices: (page, signal) =>
      list("devices", { cursor: page, limit: String(options.devicesPerPage) }, readDevice, signal),
    async contacts(since, page, signal) {
      const query = { since: since.toISOString(), cursor: page, limit: String(options.contactsPerPage) };
      try {
        return await list("contacts", query, readContact, signal);
      } catch (error) {
        const isPageRefused = error instanceof VendorError && [400, 404, 410, 422].includes(error.status ?? 0);
        if (page !== undefined && isPageRefused) throw new UnknownPageError(options.name, error);
        throw error;
      }
    },
    zones: (page, signal) => list("zones", { cursor: page }, readZone, signal),
    readItem: readOne,
    createZone: (name, shape, signal) => createZone(options, gate, name, shape, signal),
  };
}

function addressOf(options: XKeeperOptions, path: string, query: Record<string, string | undefined>): URL {
  const url = new URL(`${options.baseUrl.replace(/\/+$/, "")}/api/v1/${path}`);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  return url;
}

async function fetchPage<T>(
  options: XKeeperOptions,
  url: URL,
  path: string,
  read: Reader<T>,
  signal: AbortSignal,
): Promise<Omit<Page<T>, "callId">> {
  const headers = { authorization: `Bearer ${options.token}`, accept: "application/json" };
  const fetchOptions = { timeoutMs: options.timeoutMs, signal, route: path };
  const response = await vendorFetch(options.name, url, { headers }, fetchOptions);
  const page: Omit<Page<T>, "callId"> = { items: [], refused: [], next: undefined };
  const what = `read ${path} of ${options.name}`;
  if (response.body === null) throw new VendorError("protocol", `${what}: the answer is empty`);
  try {
    for await (const part of streamJsonItems(response.body, { arrayKey: "items", bytesMax: 64 * 2 ** 20, signal })) {
      if (part.kind === "rest") page.next = nextOf(part.members, what);
      else if (part.kind === "bad_item")
        page.refused.push({ externalId: "", reason: part.error.message, ...rawOf(part.raw), isKept: false });
      else takeItem(part.value, part.raw, read, page);
    }
  } catch (cause) {
    if (cause instanceof EdgeError) throw new VendorError("protocol", `${what}: ${cause.message}`, { cause });
    throw cause;
  }
  return page;
}

/** Writes the attempt down, whatever becomes of it. */
async function noted<T>(
  attempts: CallAttempt[],
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const startedAt = new Date();
  const startedMs = performance.now();
  const attempt = () => ({ startedAt, durationMs: performance.now() - startedMs });
  try {
    const answer = await call(signal);
    attempts.push({ ...attempt(), status: 200 });
    return answer;
  } catch (error) {
    const status = error instanceof VendorError && error.status !== undefined ? { status: error.status } : {};
    attempts.push({ ...attempt(), ...status, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

function takeItem<T>(value: Json, raw: Uint8Array, read: Reader<T>, page: Omit<Page<T>, "callId">): void {
  let externalId = "";
  try {
    const item = readItem(value);
    const id = item.raw("id");
    if (typeof id === "string") externalId = id.slice(0, 200);
    const complain = (reason: string) => page.refused.push({ externalId, reason, ...rawOf(raw), isKept: true });
    page.items.push(read(item, complain));
  } catch (error) {
    if (!(error instanceof ItemError || error instanceof GeometryError)) throw error;
    page.refused.push({ externalId, reason: error.message, ...rawOf(raw), isKept: false });
  }
}

function rawOf(raw: Uint8Array): Pick<RefusedItem, "raw" | "isWhole"> {
  return { raw: new TextDecoder().decode(raw.subarray(0, rawMax)), isWhole: raw.byteLength <= rawMax };
}

function nextOf(members: { [key: string]: Json }, what: string): string | undefined {
  const next = members.next ?? undefined;
  if (next === undefined || next === "") return undefined;
  if (typeof next !== "string") throw new VendorError("protocol", `${what}: next is not a text`);
  return next;
}

async function createZone(
  options: XKeeperOptions,
  gate: CallGate,
  name: string,
  shape: Shape,
  signal: AbortSignal,
): Promise<string> {
  const url = addressOf(options, "zones", {});
  const init = {
    method: "POST",
    headers: { authorization: `Bearer ${options.token}`, "content-type": "application/json" },
    body: `{"name":${JSON.stringify(name)},"geometry":${geometryJson(shape)}}`,
  };
  // Not repeated: a POST whose answer was lost may have made the zone.
  return await gate.call(signal, async (callSignal) => {
    const response = await vendorFetch(options.name, url, init, { timeoutMs: options.timeoutMs, signal: callSignal });
    const answer = readItem(decodeStrictJson(await readCapped(response, 65_536)));
    return answer.text("id");
  });
}

/** Repeats a call that failed for a moment. What the provider refuses for good is refused at once. */
async function repeated<T>(
  options: XKeeperOptions,
  gate: CallGate,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await gate.call(signal, call);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof VendorError) || !isWorthRepeating(error) || attempt >= attemptsMax) throw error;
      const pauseMs = options.retryDelayMs * 2 ** (attempt - 1);
      if (error.retryAfterMs !== undefined) await gate.holdOff(Math.min(error.retryAfterMs, holdOffMaxMs));
      else await delay(pauseMs, undefined, { signal });
    }
  }
}

function isWorthRepeating({ kind, status = 0 }: VendorError): boolean {
  return kind !== "status" || status >= 500 || status === 429 || status === 408 || status === 425;
}
