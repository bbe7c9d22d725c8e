// Reading an answer of any size one element at a time. Promised: memory holds one element and one chunk, a broken element does not lose its
// neighbours, a body that breaks off is never taken for whole. Not promised: that elements before the break may not have been given already.

import { decodeStrictJson, EdgeError, type EdgeLimits, type Json } from "./edge-json.ts";
import { type JsonPart, JsonSplitter } from "./json-splitter.ts";
import { yieldNow } from "./slices.ts";

export type JsonItem =
  | { kind: "item"; index: number; value: Json; raw: Uint8Array }
  | { kind: "bad_item"; index: number; error: EdgeError; raw: Uint8Array }
  | { kind: "rest"; members: { [key: string]: Json } };

export type JsonItemsOptions = {
  /** Name of the top-level member which holds the array. */
  arrayKey: string;
  limits?: EdgeLimits;
  /** Of the whole body. Default 1 GiB. */
  bytesMax?: number;
  /** Of one element; a larger one becomes a bad item with its first bytes. Default 1 MiB. */
  itemBytesMax?: number;
  signal?: AbortSignal;
};

/**
 * Elements of one top-level array one by one, then the other members, holding one element at a time. An element that cannot be decoded is
 * given as a bad item and its neighbours go on. Throws EdgeError: `truncated` when the body breaks off, `syntax` when it is not a JSON object
 * or has no such array: an answer without its list says nothing, least of all that the list is empty.
 */
export async function* streamJsonItems(
  body: ReadableStream<Uint8Array>,
  options: JsonItemsOptions,
): AsyncGenerator<JsonItem, void, undefined> {
  const bytesMax = options.bytesMax ?? 1024 ** 3;
  const splitter = new JsonSplitter(options.arrayKey, options.itemBytesMax ?? 1024 * 1024);
  const members: { [key: string]: Json } = {};
  let received = 0;
  let index = 0;
  let sliceStartedAt = performance.now();
  for await (const chunk of body) {
    options.signal?.throwIfAborted();
    received += chunk.byteLength;
    if (received > bytesMax) throw new EdgeError("too_large", "", received, `more than ${bytesMax} bytes`);
    for (const part of splitter.push(chunk)) {
      if (part.key === undefined) yield decodeItem(index++, part, options.limits);
      else members[part.key] = decodeStrictJson(part.raw, options.limits);
      if (performance.now() - sliceStartedAt > 5) {
        await yieldNow();
        sliceStartedAt = performance.now();
      }
    }
  }
  splitter.end();
  if (!splitter.sawArray) {
    // An empty listing would be believed, and everything that was listed before taken for gone.
    throw new EdgeError("syntax", `/${options.arrayKey}`, received, `the answer has no list "${options.arrayKey}"`);
  }
  yield { kind: "rest", members };
}

function decodeItem(index: number, part: JsonPart, limits: EdgeLimits | undefined): JsonItem {
  const path = `/${index}`;
  if (part.isCut) {
    const error = new EdgeError("too_large", path, part.offset, "the element is larger than the limit");
    return { kind: "bad_item", index, error, raw: part.raw };
  }
  try {
    return { kind: "item", index, value: decodeStrictJson(part.raw, limits), raw: part.raw };
  } catch (cause) {
    if (!(cause instanceof EdgeError)) throw cause;
    const error = new EdgeError(cause.reason, path + cause.path, part.offset + cause.offset, cause.message);
    return { kind: "bad_item", index, error, raw: part.raw };
  }
}
