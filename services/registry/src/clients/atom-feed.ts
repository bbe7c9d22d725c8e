import { yieldNow } from "@dozor/runtime/slices";
import { VendorError } from "@dozor/runtime/vendor-http";
import { type SaxesAttributePlain, SaxesParser, type SaxesTagPlain } from "saxes";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Reason } from "../domain/reading.ts";
import type { SourceRecord } from "../domain/source-record.ts";

export type AtomOptions = { bytesMax: number; signal?: AbortSignal };

const entryCharactersMax = 1_000_000;
const sliceCharacters = 16_384;
const sliceBudgetMs = 5;

/**
 * Entries and tombstones of an Atom feed, one by one. A broken entry becomes a record with reasons and its neighbours go on; a
 * feed that is not one, or is cut, throws a VendorError.
 */
export async function* streamAtomRecords(
  body: ReadableStream<Uint8Array>,
  { bytesMax, signal }: AtomOptions,
): AsyncGenerator<SourceRecord, void, undefined> {
  // Bytes that are no UTF-8 become U+FFFD and spoil only the entry they are in.
  const decoder = new TextDecoder("utf-8");
  const reader = feedReader();
  let received = 0;
  let startedAt = performance.now();
  for await (const chunk of body) {
    received += chunk.byteLength;
    if (received > bytesMax) throw new VendorError("protocol", `read the feed: it is longer than ${bytesMax} bytes`);
    const text = decoder.decode(chunk, { stream: true });
    for (let from = 0; from < text.length; from += sliceCharacters) {
      signal?.throwIfAborted();
      reader.write(text.slice(from, from + sliceCharacters));
      yield* reader.take();
      if (performance.now() - startedAt < sliceBudgetMs) continue;
      await yieldNow();
      startedAt = performance.now();
    }
  }
  reader.end();
  yield* reader.take();
}

/** One entry or tombstone as it was cut out of a feed. */
export function readAtomEntry(raw: Uint8Array): SourceRecord {
  const reader = feedReader();
  reader.write(`<feed>${new TextDecoder("utf-8").decode(raw)}</feed>`);
  reader.end();
  const [record] = reader.take();
  if (record === undefined) throw new VendorError("protocol", "read an entry of a feed: there is none");
  return { ...record, raw };
}

/** A property, a row or a cell; what 1C nests is at most four deep. */
type Node = { name: string; isNull: boolean; isCollection: boolean; text: string; children: Node[] };
const depthMax = 8;

type Entry = { term: string; id: string; properties: Node[]; reasons: Reason[] };

function feedReader() {
  const parser = new SaxesParser();
  const records: SourceRecord[] = [];
  // Open elements, and the open nodes of m:properties among them.
  const path: string[] = [];
  const nodes: Node[] = [];
  let entry: Entry | undefined;
  let isComplete = false;
  const raw = rawWindow();

  const refuse = (rule: string, text: string) => entry?.reasons.push({ rule, attribute: "", text });

  parser.on("error", (error) => {
    if (entry === undefined) throw new VendorError("protocol", `read the feed: ${error.message}`, { cause: error });
    const isControl = error.message.includes("disallowed character");
    refuse(isControl ? "control_character" : "malformed", error.message);
  });
  parser.on("opentag", (tag) => {
    const name = localName(tag.name);
    if (path.length === 0 && name !== "feed") throw notAFeed(name);
    path.push(name);
    if (path.length === 2) beginEntry(tag, name);
    else if (entry !== undefined) openInside(entry, tag, name);
  });
  parser.on("text", (text) => {
    const node = nodes.at(-1);
    if (node !== undefined) node.text += text;
    else if (entry !== undefined && path.length === 3 && path[2] === "id") entry.id += text;
  });
  parser.on("cdata", (text) => {
    const node = nodes.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.on("closetag", (tag) => {
    const name = localName(tag.name);
    if (nodes.length > 0) closeNode(name);
    path.pop();
    if (path.length === 1 && entry !== undefined) endEntry();
    if (path.length === 0) isComplete = true;
  });

  function beginEntry(tag: SaxesTagPlain, name: string): void {
    if (name !== "entry" && name !== "deleted-entry") return;
    raw.beginAt(`<${tag.name}`, parser.position);
    entry = { term: "", id: "", properties: [], reasons: [] };
    if (name === "deleted-entry") entry.id = attributeOf(tag, "ref");
  }

  function openInside(current: Entry, tag: SaxesTagPlain, name: string): void {
    if (path.length === 3 && name === "category") current.term = attributeOf(tag, "term");
    const propertiesAt = path.indexOf("properties");
    if (propertiesAt < 0 || propertiesAt === path.length - 1) return;
    if (nodes.length >= depthMax) return void refuse("too_deep", `${name} is nested too deep`);
    const type = attributeOf(tag, "type");
    const node: Node = {
      name,
      isNull: attributeOf(tag, "null") === "true",
      isCollection: type.startsWith("Collection("),
      text: "",
      children: [],
    };
    (nodes.at(-1)?.children ?? current.properties).push(node);
    nodes.push(node);
  }

  function closeNode(name: string): void {
    // Deeper elements than depthMax were not opened as nodes.
    if (nodes.at(-1)?.name === name) nodes.pop();
  }

  function endEntry(): void {
    const rawText = raw.cutAt(parser.position);
    if (entry !== undefined) records.push(recordOf(entry, rawText));
    entry = undefined;
    nodes.length = 0;
  }

  return {
    write(text: string): void {
      raw.append(text);
      parser.write(text);
      if (entry === undefined) raw.forget();
      else if (raw.length() > entryCharactersMax) {
        throw new VendorError("protocol", `read the feed: an entry is longer than ${entryCharactersMax} characters`);
      }
    },
    end(): void {
      if (!isComplete) throw new VendorError("network", "read the feed: it breaks off in the middle");
    },
    take: (): SourceRecord[] => records.splice(0),
  };
}

/** The feed's text from the beginning of the entry being read, by the parser's positions. */
function rawWindow() {
  let text = "";
  let start = 0;
  const dropTo = (index: number) => {
    text = text.slice(index);
    start += index;
  };
  return {
    length: () => text.length,
    append: (more: string) => {
      text += more;
    },
    beginAt: (tag: string, position: number) => dropTo(Math.max(0, text.lastIndexOf(tag, position - start))),
    cutAt(position: number): string {
      const cut = text.slice(0, position - start);
      dropTo(position - start);
      return cut;
    },
    // A tag may be cut by the end of the chunk, so the tail stays.
    forget: () => dropTo(Math.max(0, text.length - 1_024)),
  };
}

function recordOf({ term, id, properties, reasons }: Entry, rawText: string): SourceRecord {
  const named = /([^/(]+)\(guid'([^']+)'\)/.exec(decoded(id));
  const type = term === "" ? (named?.[1] ?? "") : term.replace(/^#?StandardODATA\./, "");
  const isTombstone = rawText.startsWith("<at:deleted-entry") || /^<[\w:]*deleted-entry/.test(rawText);
  const attributes = objectOf(properties, reasons);
  if (rawText.includes("\ufffd")) {
    reasons.push({ rule: "bad_utf8", attribute: "", text: "the entry has bytes which are no UTF-8" });
  }
  if (type === "") reasons.push({ rule: "missing_type", attribute: "", text: "the entry names no type" });
  const common = {
    type,
    externalId: isTombstone || reasons.length > 0 ? (named?.[2] ?? "") : "",
    sourceVersion: "",
    deleted: isTombstone,
    raw: new TextEncoder().encode(rawText),
    format: "atom" as const,
  };
  return reasons.length > 0 ? { ...common, reasons } : { ...common, attributes };
}

function objectOf(nodes: readonly Node[], reasons: Reason[]): JsonObject {
  const object: JsonObject = {};
  for (const node of nodes) {
    if (Object.hasOwn(object, node.name)) {
      reasons.push({ rule: "duplicate_key", attribute: node.name, text: `${node.name} is given twice` });
    }
    object[node.name] = jsonOf(node, reasons);
  }
  return object;
}

function jsonOf(node: Node, reasons: Reason[]): Json {
  if (node.isNull) return null;
  const isList =
    node.isCollection || (node.children.length > 0 && node.children.every(({ name }) => name === "element"));
  if (isList)
    return node.children.map((row) => (row.children.length === 0 ? row.text : objectOf(row.children, reasons)));
  return node.children.length === 0 ? node.text : objectOf(node.children, reasons);
}

function notAFeed(name: string): VendorError {
  return new VendorError("protocol", `read the feed: the answer is <${name}>, not a feed`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function attributeOf(tag: SaxesTagPlain, name: string): string {
  for (const [key, value] of Object.entries<SaxesAttributePlain["value"]>(tag.attributes)) {
    if (localName(key) === name) return value;
  }
  return "";
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
