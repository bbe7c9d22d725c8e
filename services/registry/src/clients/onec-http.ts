import { decodeStrictJson, EdgeError, type Json } from "@dozor/runtime/edge-json";
import { type JsonItem, streamJsonItems } from "@dozor/runtime/edge-json-items";
import { ownText } from "@dozor/runtime/own-text";
import { readCapped, VendorError } from "@dozor/runtime/vendor-http";
import { isJsonObject } from "../domain/json.ts";
import type { Reason } from "../domain/reading.ts";
import type { SourceRecord } from "../domain/source-record.ts";
import { inBatches } from "./batches.ts";
import { itemLimits } from "./item-limits.ts";
import { errorMember, onecErrorText } from "./onec-error-text.ts";
import { type OnecConnection, openOnecSession } from "./onec-session.ts";
import { type NoteCall, notedStream, type ReadCall } from "./read-call.ts";
import { refusedItem } from "./refused-item.ts";
import type { Packet, Source } from "./source.ts";

export type OnecHttpOptions = OnecConnection & {
  /** Objects asked for at once. */
  limit: number;
  bytesMax: number;
};

/** One object of an answer, by copies of its texts: thousands of them wait until the whole answer is saved. */
type Acknowledgeable = { type: string; id: string; version: string };
type Rejected = Acknowledgeable & { code: string; text: string };

/** The JSON HTTP service of 1C, which acknowledges each object by its version. */
export function onecHttp(options: OnecHttpOptions): Source {
  const session = openOnecSession(options);
  return {
    name: options.name,
    adapter: "1c-http",
    reread: (raw) => readHttpItem(raw),
    async *packets(signal, note) {
      let repeated = new Set<string>();
      for (;;) {
        const packet = httpPacket(signal, note);
        yield packet;
        const { hasMore, seen } = packet.state();
        // A source that hands over the same versions again although they were acknowledged would keep us here for ever.
        if (!hasMore || [...seen].every((key) => repeated.has(key))) return;
        repeated = seen;
      }
    },
  };

  function httpPacket(
    signal: AbortSignal,
    note: NoteCall,
  ): Packet & { state(): { hasMore: boolean; seen: Set<string> } } {
    const told: Acknowledgeable[] = [];
    const refused = new Map<string, Rejected>();
    let rest: { [key: string]: Json } = {};

    async function* records(call: ReadCall): AsyncGenerator<SourceRecord> {
      call.body.limit = options.limit;
      call.body.received = 0;
      let received = 0;
      const response = await session.call({
        ...{ method: "GET", path: `/changes?limit=${options.limit}`, route: "changes" },
        ...{ timeoutMs: options.readTimeoutMs, signal, attempts: call.attempts },
      });
      if (response.status === 204 || response.body === null) return void (await response.body?.cancel());
      for await (const part of jsonParts(response, response.body, options, signal)) {
        if (part.kind === "rest") {
          rest = part.members;
          continue;
        }
        const record =
          part.kind === "item" ? recordOf(part.value, part.raw) : refusedItem(part.raw, part.error, "http-json");
        const one = acknowledgeable(record);
        if (one.type !== "" && one.id !== "" && one.version !== "") told.push(one);
        received += 1;
        call.body.received = received;
        yield record;
      }
      Object.assign(call.body, { batchId: rest.batchId ?? null, hasMore: rest.hasMore === true });
      throwIfNoBatch(rest, told.length, options.name);
    }

    return {
      batches: () => inBatches(notedStream(note, "changes", records)),
      refuse(record, code, text) {
        const one = acknowledgeable(record);
        refused.set(keyOf(one), { ...one, code, text: ownText(text.slice(0, 1_000)) });
      },
      acknowledgement() {
        if (told.length === 0) return undefined;
        return { number: String(rest.batchId), body: acknowledgement(String(rest.batchId), told, refused) };
      },
      async acknowledge(attempts) {
        if (told.length === 0) return 0;
        const body = acknowledgement(String(rest.batchId), told, refused);
        const response = await session.call({
          ...{ method: "POST", path: "/ack", route: "ack", body: JSON.stringify(body) },
          ...{ timeoutMs: options.acknowledgeTimeoutMs, signal, attempts, isLast: rest.hasMore !== true },
        });
        const said = onecErrorText(new TextDecoder().decode(await readCapped(response, 1_048_576)));
        if (said !== undefined) throw new VendorError("protocol", `acknowledge to ${options.name}: 1C says "${said}"`);
        return told.length;
      },
      state: () => ({
        hasMore: rest.hasMore === true && told.length > 0,
        seen: new Set(told.map(keyOf)),
      }),
    };
  }
}

async function* jsonParts(
  response: Response,
  body: ReadableStream<Uint8Array>,
  { name, bytesMax }: OnecHttpOptions,
  signal: AbortSignal,
): AsyncGenerator<JsonItem> {
  if ((response.headers.get("content-type") ?? "").includes("text/html")) {
    const page = new TextDecoder().decode(await readCapped(response, 1_048_576));
    throw new VendorError("protocol", `read changes of ${name}: a page of HTML: ${onecErrorText(page)}`);
  }
  try {
    yield* streamJsonItems(body, { arrayKey: "items", bytesMax, signal, ...itemLimits });
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const kind = error.reason === "truncated" ? "network" : "protocol";
    throw new VendorError(kind, `read changes of ${name}: ${error.message}`, { cause: error });
  }
}

/** One item as it was cut out of an answer. */
function readHttpItem(raw: Uint8Array): SourceRecord {
  try {
    return recordOf(decodeStrictJson(raw, itemLimits.limits), raw);
  } catch (error) {
    if (error instanceof EdgeError) return refusedItem(raw, error, "http-json");
    throw error;
  }
}

function recordOf(value: Json, raw: Uint8Array): SourceRecord {
  const item = isJsonObject(value) ? value : {};
  const { type, id, version, deleted = false, data = {} } = item;
  const reasons: Reason[] = [];
  const text = (attribute: string, found: Json | undefined): string => {
    if (typeof found === "string" && found !== "" && found.length <= 300) return found;
    const shown = JSON.stringify(found ?? null).slice(0, 100);
    reasons.push({ rule: `missing_${attribute}`, attribute, text: `found ${shown}, expected a text` });
    return "";
  };
  const common = {
    type: text("type", type),
    externalId: text("id", id),
    sourceVersion: text("version", version),
    deleted: deleted === true || deleted === "true",
    raw,
    format: "http-json" as const,
  };
  const attributes = data === null ? {} : data;
  if (!isJsonObject(attributes)) {
    reasons.push({ rule: "wrong_type", attribute: "data", text: "found something else, expected an object" });
  } else if (reasons.length === 0) {
    return { ...common, attributes };
  }
  return { ...common, reasons };
}

function throwIfNoBatch(rest: { [key: string]: Json }, told: number, name: string): void {
  const said = errorMember(rest);
  if (said !== undefined) throw new VendorError("protocol", `read changes of ${name}: 1C says "${said}"`);
  if (told > 0 && (typeof rest.batchId !== "string" || rest.batchId === "")) {
    throw new VendorError("protocol", `read changes of ${name}: the answer has no batchId`);
  }
}

function acknowledgeable({ type, externalId, sourceVersion }: SourceRecord): Acknowledgeable {
  return { type: ownText(type), id: ownText(externalId), version: ownText(sourceVersion) };
}

function keyOf({ type, id, version }: Acknowledgeable): string {
  return `${type}\n${id}\n${version}`;
}

function acknowledgement(batchId: string, told: readonly Acknowledgeable[], refused: ReadonlyMap<string, Rejected>) {
  const rejected = told.flatMap((each) => refused.get(keyOf(each)) ?? []);
  return { batchId, accepted: told.filter((each) => !refused.has(keyOf(each))), rejected };
}
