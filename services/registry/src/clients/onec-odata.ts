import { decodeStrictJson, EdgeError, type Json } from "@dozor/runtime/edge-json";
import { readCapped, VendorError } from "@dozor/runtime/vendor-http";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import type { SourceRecord } from "../domain/source-record.ts";
import { readAtomEntry, streamAtomRecords } from "./atom-feed.ts";
import { inBatches } from "./batches.ts";
import { readODataItem, streamODataRecords } from "./odata-json.ts";
import { errorMember, onecErrorText } from "./onec-error-text.ts";
import { type OnecConnection, openOnecSession } from "./onec-session.ts";
import { type NoteCall, noted, notedStream, type ReadCall } from "./read-call.ts";
import type { Packet, Source } from "./source.ts";

export type OnecODataOptions = OnecConnection & {
  /** Name of the exchange plan without its prefix. */
  exchangePlan: string;
  /** Code of our node; needed when the plan has several. */
  nodeCode: string | undefined;
  format: "atom" | "json";
  bytesMax: number;
};

/**
 * The change queue of a 1C exchange plan over standard OData: a packet is everything registered for our node, and it is
 * acknowledged as a whole by its number.
 */
export function onecOData(options: OnecODataOptions): Source {
  const session = openOnecSession(options);
  const planSet = `ExchangePlan_${options.exchangePlan}`;

  async function ownNode(
    signal: AbortSignal,
    note: NoteCall,
    isLast = false,
  ): Promise<{ key: string; receivedNo: number }> {
    const path = `/${encodeURIComponent(planSet)}?$format=json`;
    return await noted(note, "ExchangePlan", async ({ attempts, body }) => {
      const response = await session.call({
        ...{ method: "GET", path, route: "ExchangePlan", signal, isLast, attempts },
        timeoutMs: options.readTimeoutMs,
      });
      const node = pickNode(nodesOf(await readCapped(response, 1_048_576), options.name), options);
      body.receivedNo = node.receivedNo;
      return node;
    });
  }

  const exchangeCall = (call: string, nodeKey: string, messageNo: number, format = "") => {
    const point = `'${options.baseUrl}/${planSet}(guid'${nodeKey}')'`;
    return `/${call}?DataExchangePoint=${encodeURIComponent(point)}&MessageNo=${messageNo}${format}`;
  };

  async function* changes(
    nodeKey: string,
    messageNo: number,
    signal: AbortSignal,
    call: ReadCall,
  ): AsyncGenerator<SourceRecord> {
    let received = 0;
    Object.assign(call.body, { messageNo, received });
    const format = options.format === "json" ? "&$format=json" : "";
    const response = await session.call({
      ...{ method: "POST", path: exchangeCall("SelectChanges", nodeKey, messageNo, format), route: "SelectChanges" },
      ...{ timeoutMs: options.readTimeoutMs, signal, attempts: call.attempts },
    });
    const { body } = response;
    if (body === null) return;
    if ((response.headers.get("content-type") ?? "").includes("text/html")) {
      const page = new TextDecoder().decode(await readCapped(response, 1_048_576));
      throw new VendorError("protocol", `SelectChanges of ${options.name}: a page of HTML: ${onecErrorText(page)}`);
    }
    const limits = { bytesMax: options.bytesMax, signal };
    for await (const record of options.format === "json"
      ? streamODataRecords(body, limits)
      : streamAtomRecords(body, limits)) {
      received += 1;
      call.body.received = received;
      yield record;
    }
  }

  return {
    name: options.name,
    adapter: "1c-odata",
    reread: (raw, format) => (format === "atom" ? readAtomEntry(raw) : readODataItem(raw)),
    async *packets(signal, note) {
      for (;;) {
        const node = await ownNode(signal, note);
        const messageNo = node.receivedNo + 1;
        let received = 0;
        let isAcknowledged = false;
        yield {
          async *batches() {
            const records = notedStream(note, "SelectChanges", (call) => changes(node.key, messageNo, signal, call));
            for await (const batch of inBatches(records)) {
              received += batch.length;
              yield batch;
            }
          },
          acknowledgement() {
            return received === 0 ? undefined : { number: String(messageNo), body: { messageNo, received } };
          },
          async acknowledge(attempts) {
            // Acknowledging nothing would only raise the number.
            if (received === 0) return 0;
            const response = await session.call({
              ...{ method: "POST", path: exchangeCall("NotifyChangesReceived", node.key, messageNo) },
              ...{ route: "NotifyChangesReceived", timeoutMs: options.acknowledgeTimeoutMs, signal, attempts },
            });
            await expectNoError(response, options.name);
            isAcknowledged = true;
            return received;
          },
        } satisfies Packet;
        if (!isAcknowledged) break;
      }
      if (session.isOpen()) await ownNode(signal, note, true);
    },
  };
}

type ExchangeNode = { key: string; code: string; isOwn: boolean; isDeleted: boolean; receivedNo: number };

function nodesOf(body: Uint8Array, source: string): ExchangeNode[] {
  let answer: Json;
  try {
    answer = decodeStrictJson(body);
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const said = onecErrorText(new TextDecoder().decode(body)) ?? error.message;
    throw new VendorError("protocol", `list the exchange nodes of ${source}: ${said}`, { cause: error });
  }
  const members = isJsonObject(answer) ? answer : {};
  const said = errorMember(members);
  if (said !== undefined) throw new VendorError("protocol", `list the exchange nodes of ${source}: 1C says "${said}"`);
  // A single entity comes without `value`.
  const list = Array.isArray(members.value) ? members.value : [members];
  return list.filter(isJsonObject).map(nodeOf);
}

function nodeOf(node: JsonObject): ExchangeNode {
  const isTrue = (value: Json | undefined) => value === true || value === "true";
  return {
    key: String(node.Ref_Key ?? ""),
    code: String(node.Code ?? "").trim(),
    isOwn: isTrue(node.ThisNode),
    isDeleted: isTrue(node.DeletionMark),
    receivedNo: Number(node.ReceivedNo ?? 0),
  };
}

/** The base's own node is refused: acknowledging for it would drop what it registered for nobody. */
function pickNode(nodes: readonly ExchangeNode[], { name, exchangePlan, nodeCode }: OnecODataOptions) {
  const problem = (text: string) =>
    new VendorError("protocol", `find our node in plan ${exchangePlan} of ${name}: ${text}`);
  const wanted = nodes.filter((node) =>
    nodeCode === undefined ? !node.isOwn && !node.isDeleted : node.code === nodeCode,
  );
  const [node, another] = wanted;
  if (node === undefined) throw problem(nodeCode === undefined ? "there is none" : `no node has the code ${nodeCode}`);
  if (another !== undefined) {
    throw problem(`several nodes fit (${wanted.map(({ code }) => code).join(", ")}): set nodeCode`);
  }
  if (node.isOwn) throw problem(`${node.code} is the base itself`);
  if (!Number.isSafeInteger(node.receivedNo) || node.key === "") throw problem("it has no key or number");
  return node;
}

/** Notify answers with an empty body; an error page may come with status 200. */
async function expectNoError(response: Response, source: string): Promise<void> {
  const said = onecErrorText(new TextDecoder().decode(await readCapped(response, 1_048_576)));
  if (said !== undefined) throw new VendorError("protocol", `acknowledge to ${source}: 1C says "${said}"`);
}
