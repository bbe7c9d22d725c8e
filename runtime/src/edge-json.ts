export type EdgeLimits = {
  bytesMax?: number;
  depthMax?: number;
  keysMax?: number;
  stringBytesMax?: number;
  itemsMax?: number;
  /** What becomes of an integer beyond 2^53 or a decimal which a double cannot hold: refused by default. */
  bigNumbers?: "refuse" | "string";
};
export type EdgeReason =
  | "too_large"
  | "too_deep"
  | "too_many_keys"
  | "too_many_items"
  | "string_too_long"
  | "duplicate_key"
  | "bad_utf8"
  | "control_character"
  | "lone_surrogate"
  | "number_out_of_range"
  | "syntax"
  | "truncated";
export class EdgeError extends Error {
  readonly reason: EdgeReason;
  /** JSON pointer of the place. */
  readonly path: string;
  /** Byte offset from the beginning of the input. */
  readonly offset: number;
  constructor(reason: EdgeReason, path: string, offset: number, detail: string) {
    super(`${reason} at ${path === "" ? "/" : path} (byte ${offset}): ${detail}`);
    this.name = "EdgeError";
    this.reason = reason;
    this.path = path;
    this.offset = offset;
  }
}
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** Throws EdgeError. */
export function decodeStrictJson(_input: Uint8Array | string, _limits?: EdgeLimits): Json {
  throw new Error("not built yet");
}
export type JsonItem =
  | { kind: "item"; index: number; value: Json; raw: Uint8Array }
  | { kind: "bad_item"; index: number; error: EdgeError; raw: Uint8Array }
  | { kind: "rest"; members: { [key: string]: Json } };
/** Elements of the top-level array `arrayKey` one by one, then the other members. Throws EdgeError `truncated` when the body breaks off. */
export async function* streamJsonItems(
  _body: ReadableStream<Uint8Array>,
  _options: { arrayKey: string; limits?: EdgeLimits; bytesMax?: number; itemBytesMax?: number; signal?: AbortSignal },
): AsyncGenerator<JsonItem, void, undefined> {
  yield* [];
  throw new Error("not built yet");
}
