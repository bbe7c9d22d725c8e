// Finds where the members of a JSON object, and the elements of one array in it, begin and end, without decoding them. Knows strings and
// brackets and nothing else of JSON, so that it can go on behind an element which the decoder refuses.

import { decodeStrictJson, EdgeError } from "./edge-json.ts";

const quote = 0x22;
const backslash = 0x5c;

/** One value of the body: an element of the array when `key` is undefined, else another member. */
export type JsonPart = { key: string | undefined; raw: Uint8Array; offset: number; isCut: boolean };
type Expecting =
  | "object"
  | "key_or_end"
  | "key"
  | "colon"
  | "value"
  | "comma_or_end"
  | "item_or_end"
  | "item"
  | "item_comma_or_end"
  | "nothing";

/** A class because the place in the body is its state. */
export class JsonSplitter {
  private expecting: Expecting = "object";
  private key: string | undefined;
  private isKey = false;
  /** The value being read: its bytes so far, how deep we are in it, whether inside a string. */
  private kept: Uint8Array[] = [];
  private keptLength = 0;
  private isReading = false;
  private isCut = false;
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  private isScalar = false;
  private startOffset = 0;
  private chunkOffset = 0;
  /** Whether the array that is split was there, be it empty. */
  sawArray = false;
  private readonly seenKeys = new Set<string>();
  private readonly arrayKey: string;
  private readonly itemBytesMax: number;

  constructor(arrayKey: string, itemBytesMax: number) {
    this.arrayKey = arrayKey;
    this.itemBytesMax = itemBytesMax;
  }

  *push(chunk: Uint8Array): Generator<JsonPart> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.isReading) {
        const byte = chunk[at] ?? 0;
        if (this.isSkipped(byte, this.chunkOffset + at)) at += 1;
        else if (this.startsValue(byte)) this.begin(byte, this.chunkOffset + at);
        else {
          this.structure(byte, this.chunkOffset + at);
          at += 1;
        }
        continue;
      }
      const end = this.scan(chunk, at);
      this.keep(chunk.subarray(at, end.at));
      at = end.at;
      if (end.done) {
        const part = this.finish();
        if (part !== undefined) yield part;
      }
    }
    this.chunkOffset += chunk.length;
  }

  end(): void {
    if (this.expecting !== "nothing") {
      throw new EdgeError("truncated", "", this.chunkOffset, `the body ends where ${this.expecting} is expected`);
    }
  }

  private isSkipped(byte: number, offset: number): boolean {
    const isMark = offset < 3 && (byte === 0xef || byte === 0xbb || byte === 0xbf);
    return isMark || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  }

  private startsValue(byte: number): boolean {
    switch (this.expecting) {
      case "key":
        return true;
      case "key_or_end":
        return byte !== 0x7d;
      case "item":
        return true;
      case "item_or_end":
        return byte !== 0x5d;
      case "value":
        return !(this.key === this.arrayKey && byte === 0x5b);
      default:
        return false;
    }
  }

  private begin(byte: number, offset: number): void {
    this.isKey = this.expecting === "key" || this.expecting === "key_or_end";
    if (this.isKey && byte !== quote) throw new EdgeError("syntax", "", offset, "expected a key");
    this.isReading = true;
    this.isScalar = byte !== quote && byte !== 0x7b && byte !== 0x5b;
    this.startOffset = offset;
  }

  /** Reads on in the value from `from`; `done` when it ends at `at` (exclusive). */
  private scan(chunk: Uint8Array, from: number): { at: number; done: boolean } {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.inString) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === backslash) this.isEscaped = true;
        else if (byte === quote) {
          this.inString = false;
          if (this.depth === 0) return { at: at + 1, done: true };
        }
      } else if (this.isScalar) {
        // A scalar ends before what follows it.
        if (byte === 0x2c || byte === 0x5d || byte === 0x7d || byte <= 0x20) return { at, done: true };
      } else if (byte === quote) this.inString = true;
      else if (byte === 0x7b || byte === 0x5b) this.depth += 1;
      else if (byte === 0x7d || byte === 0x5d) {
        this.depth -= 1;
        if (this.depth === 0) return { at: at + 1, done: true };
      }
    }
    return { at: chunk.length, done: false };
  }

  private keep(bytes: Uint8Array): void {
    const room = this.itemBytesMax - this.keptLength;
    if (bytes.length > room) this.isCut = true;
    const taken = bytes.subarray(0, Math.max(0, room));
    // A copy, so that a small element does not keep its whole chunk alive.
    if (taken.length > 0) this.kept.push(taken.slice());
    this.keptLength += taken.length;
  }

  private finish(): JsonPart | undefined {
    const raw = this.kept.length === 1 ? (this.kept[0] ?? new Uint8Array()) : new Uint8Array(Buffer.concat(this.kept));
    const part: JsonPart = { key: this.key, raw, offset: this.startOffset, isCut: this.isCut };
    const wasItem = this.expecting === "item" || this.expecting === "item_or_end";
    this.kept = [];
    this.keptLength = 0;
    this.isReading = false;
    this.isCut = false;
    if (this.isKey) {
      this.key = String(decodeStrictJson(raw));
      if (this.seenKeys.has(this.key)) {
        throw new EdgeError("duplicate_key", "", this.startOffset, `the key ${JSON.stringify(this.key)} occurs twice`);
      }
      this.seenKeys.add(this.key);
      this.expecting = "colon";
      return undefined;
    }
    this.expecting = wasItem ? "item_comma_or_end" : "comma_or_end";
    return wasItem ? { ...part, key: undefined } : part;
  }

  private structure(byte: number, offset: number): void {
    const next = transitions[this.expecting][String.fromCharCode(byte)];
    if (next === undefined) {
      throw new EdgeError("syntax", "", offset, `byte 0x${byte.toString(16)} where ${this.expecting} is expected`);
    }
    this.expecting = next;
    if (next === "item_or_end") this.sawArray = true;
  }
}

/** What each structural character leads to. */
const transitions: Record<Expecting, Record<string, Expecting>> = {
  object: { "{": "key_or_end" },
  key_or_end: { "}": "nothing" },
  key: {},
  colon: { ":": "value" },
  value: { "[": "item_or_end" },
  comma_or_end: { ",": "key", "}": "nothing" },
  item_or_end: { "]": "comma_or_end" },
  item: {},
  item_comma_or_end: { ",": "item", "]": "comma_or_end" },
  nothing: {},
};
