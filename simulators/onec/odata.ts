import { ENTITY_TYPES, type EntityType } from "../world/entities.ts";
import type { World } from "../world/world.ts";
import type { Base } from "./base.ts";
import { type ErrorShape, odataError } from "./errors.ts";
import type { ExchangeNode, ExchangePlan } from "./exchange-plan.ts";
import type { AckLogEntry } from "./http-service.ts";
import { SETS } from "./mapping.ts";
import { streamed } from "./stream.ts";
import type { WireRecord } from "./wire.ts";
import { ATOM_TAIL, atomEntry, atomHead } from "./write-atom.ts";
import { odataJson } from "./write-json.ts";

export interface ODataContext {
  world: World;
  base: Base;
  plan: ExchangePlan;
  errorShape: ErrorShape;
  log(entry: AckLogEntry): void;
}

export type ODataEndpoint = "odata.node" | "odata.select" | "odata.notify" | "odata.read";

const ATOM = "application/atom+xml;type=feed;charset=utf-8";
const JSON_TYPE = "application/json;odata=minimalmetadata;charset=utf-8";
const JSON_END = "\n]\n}\n";
const ROWS_MAX = 5000;

/** The name under which a call of the standard OData interface is counted; `resource` is what follows its base. */
export function odataEndpoint(resource: string): ODataEndpoint {
  if (resource.startsWith("SelectChanges")) return "odata.select";
  if (resource.startsWith("NotifyChangesReceived")) return "odata.notify";
  return resource.startsWith("ExchangePlan_") ? "odata.node" : "odata.read";
}

export function answerOData(context: ODataContext, request: Request, url: URL, resource: string): Response {
  const json = url.searchParams.get("$format")?.startsWith("json") === true;
  const base = `${url.origin}${url.pathname.slice(0, url.pathname.indexOf("standard.odata/"))}standard.odata/`;
  const call = { context, request, url, resource, json, base };
  const fail = (status: number, code: number, message: string) =>
    odataError(context.errorShape, json, status, code, message);
  const endpoint = odataEndpoint(resource);
  const writes = endpoint === "odata.select" || endpoint === "odata.notify";
  if (request.method !== (writes ? "POST" : "GET")) return fail(405, 5, `Метод ${request.method} не поддерживается`);
  switch (endpoint) {
    case "odata.node":
      return answerNodes(call, fail);
    case "odata.select":
    case "odata.notify":
      return answerExchange(call, endpoint, fail);
    case "odata.read":
      return answerRead(call, fail);
  }
}

interface Call {
  context: ODataContext;
  request: Request;
  url: URL;
  resource: string;
  json: boolean;
  base: string;
}

type Fail = (status: number, code: number, message: string) => Response;

function answerNodes({ context, resource, json, base }: Call, fail: Fail): Response {
  const { plan } = context;
  const one = /^(ExchangePlan_[^(]+)(?:\(guid'([0-9a-fA-F-]{36})'\))?$/.exec(resource);
  if (one === null || one[1] !== plan.name) return fail(404, 6, `Неизвестное имя ${resource}`);
  const nodes = plan.nodes().filter((node) => one[2] === undefined || node.id === one[2].toLowerCase());
  if (one[2] !== undefined && nodes.length === 0) return fail(404, 9, `Экземпляр сущности "${plan.name}" не найден`);
  const records = nodes.map((node) => nodeRecord(plan.name, node));
  const [first] = records;
  if (!json)
    return streamed([atomHead(base), ...records.map((record) => atomEntry(base, record, stamp())), ATOM_TAIL], ATOM);
  if (one[2] !== undefined && first !== undefined) return streamed([odataJson(first)], JSON_TYPE);
  return streamed(jsonFeed(base, plan.name, records), JSON_TYPE);
}

function nodeRecord(set: string, node: ExchangeNode): WireRecord {
  const { id, code, name, thisNode, sentNo, receivedNo } = node;
  return {
    ...{ set, id, version: "AAAAAAAAAAI=", deleted: false, removed: false },
    attributes: {
      ...{ Ref_Key: id, DataVersion: "AAAAAAAAAAI=", DeletionMark: false, Code: code, Description: name },
      // 64-bit numbers are strings in the JSON of 1C.
      ...{ ThisNode: thisNode, SentNo: String(sentNo), ReceivedNo: String(receivedNo) },
    },
  };
}

function answerExchange(call: Call, endpoint: "odata.select" | "odata.notify", fail: Fail): Response {
  const { context, url, json, base } = call;
  const { plan } = context;
  const point = url.searchParams.get("DataExchangePoint") ?? "";
  const messageNo = Number(url.searchParams.get("MessageNo"));
  const node = new RegExp(`^'(?:.*/)?${plan.name}\\(guid'([0-9a-fA-F-]{36})'\\)'$`).exec(point)?.[1]?.toLowerCase();
  if (node === undefined) return fail(400, 14, `Неверная точка обмена ${point}`);
  if (!Number.isInteger(messageNo) || messageNo < 0) return fail(400, 14, "Неверный номер сообщения");
  if (!plan.isReceiver(node)) return fail(404, 9, `Экземпляр сущности "${plan.name}" не найден`);
  if (endpoint === "odata.notify") {
    const accepted = plan.notify(node, messageNo);
    const at = new Date().toISOString();
    context.log({ at, way: "odata", batch: String(messageNo), accepted, rejected: 0, ignored: 0 });
    return new Response(null, { status: 200 });
  }
  const records = recordsOf(context.base, plan.select(node, messageNo));
  return json ? streamed(jsonFeed(base, "SelectChanges", records), JSON_TYPE) : streamed(atomFeed(base, records), ATOM);
}

/** Plain reading of a set: the whole with `$top` and `$skip`, one by its key, the count. */
function answerRead({ context, url, resource, json, base }: Call, fail: Fail): Response {
  const parts = /^(Catalog_[^/(]+)(?:\(guid'([0-9a-fA-F-]{36})'\))?(\/\$count)?$/.exec(resource);
  const type = ENTITY_TYPES.find((one) => SETS[one] === parts?.[1]);
  if (parts === null || type === undefined) return fail(404, 6, `Неизвестное имя ${resource}`);
  const id = parts[2];
  if (id !== undefined) {
    const slot = context.base.slotOf(SETS[type], id);
    const record = slot < 0 ? null : context.base.record(slot);
    if (record === null || record.removed) return fail(404, 9, `Экземпляр сущности "${SETS[type]}" не найден`);
    return streamed([json ? odataJson(record) : atomEntry(base, record, stamp())], json ? JSON_TYPE : ATOM);
  }
  if (parts[3] !== undefined)
    return new Response(String(countOf(context, type)), { headers: { "content-type": "text/plain" } });
  const top = Number(url.searchParams.get("$top") ?? ROWS_MAX);
  const skip = Number(url.searchParams.get("$skip") ?? 0);
  if (!Number.isInteger(top + skip) || top < 0 || skip < 0) return fail(400, 14, "Неверные $top или $skip");
  const records = existing(context, type, skip, top);
  if (!json) return streamed(atomFeed(base, records), ATOM);
  const counted = url.searchParams.get("$inlinecount") === "allpages";
  const count = counted ? `"odata.count":"${countOf(context, type)}",` : "";
  return streamed(jsonFeed(base, SETS[type], records, count), JSON_TYPE);
}

function* existing({ world, base }: ODataContext, type: EntityType, skip: number, top: number): Generator<WireRecord> {
  let passed = 0;
  for (let index = 0; index < world.count(type) && passed < skip + top; index++) {
    if (world.isRemoved(type, index) || world.deliveryOf(type, index) === "never") continue;
    passed++;
    if (passed > skip) yield base.record(base.slotOf(SETS[type], world.entityAt(type, index).id));
  }
}

function countOf({ world }: ODataContext, type: EntityType): number {
  let count = 0;
  for (let index = 0; index < world.count(type); index++) {
    if (!world.isRemoved(type, index) && world.deliveryOf(type, index) !== "never") count++;
  }
  return count;
}

function* recordsOf(base: Base, slots: Iterable<number>): Generator<WireRecord> {
  for (const slot of slots) yield base.record(slot);
}

function* atomFeed(base: string, records: Iterable<WireRecord>): Generator<string> {
  yield atomHead(base);
  const updated = stamp();
  for (const record of records) yield atomEntry(base, record, updated);
  yield ATOM_TAIL;
}

function* jsonFeed(base: string, of: string, records: Iterable<WireRecord>, count = ""): Generator<string> {
  yield `{\n"odata.metadata":"${base}$metadata#${of}",${count}\n"value":[`;
  let separator = "\n";
  for (const record of records) {
    yield separator + odataJson(record);
    separator = ",\n";
  }
  yield JSON_END;
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19);
}
