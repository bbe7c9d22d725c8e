// The strict edge decoder: every byte that another system sends as JSON comes in through here. It promises that what it returns is what was sent:
// no duplicate key silently dropped, no digit lost, no replaced character, nothing larger or deeper than the limits. JSON.parse promises none of these.
// It does not promise that a value means anything: that is the validator's work.

export type EdgeLimits = {
  /** Of the whole input. Default 8 MiB. */
  bytesMax?: number;
  depthMax?: number;
  /** Of one object. */
  keysMax?: number;
  stringBytesMax?: number;
  /** Of one array. */
  itemsMax?: number;
  /** What becomes of an integer beyond 2^53 or a number which a double cannot hold: refused by default. */
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

const defaults: Required<EdgeLimits> = {
  bytesMax: 8 * 1024 * 1024,
  depthMax: 32,
  keysMax: 10_000,
  stringBytesMax: 64 * 1024,
  itemsMax: 100_000,
  bigNumbers: "refuse",
};

/** One JSON text; a byte order mark may precede it. Throws EdgeError. */
export function decodeStrictJson(input: Uint8Array | string, limits: EdgeLimits = {}): Json {
  const bounds = { ...defaults, ...limits };
  const byteLength = typeof input === "string" ? Buffer.byteLength(input) : input.byteLength;
  if (byteLength > bounds.bytesMax) {
    throw new EdgeError("too_large", "", 0, `${byteLength} bytes where at most ${bounds.bytesMax} are taken`);
  }
  return new Decoder(typeof input === "string" ? withoutMark(input) : decodeUtf8(input), bounds).decode();
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new EdgeError("bad_utf8", "", 0, "the bytes are not UTF-8");
  }
}

const quote = 0x22;
const backslash = 0x5c;
const numberPattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const escapes: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const allowedControls = new Set(["\n", "\r", "\t"]);

/** A recursive descent over one text; a class because the place in the text and the path to it are its state. */
class Decoder {
  private at = 0;
  private readonly path: (string | number)[] = [];
  private readonly text: string;
  private readonly limits: Required<EdgeLimits>;

  constructor(text: string, limits: Required<EdgeLimits>) {
    this.text = text;
    this.limits = limits;
  }

  decode(): Json {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail("syntax", "something follows the value");
    return value;
  }

  private value(): Json {
    switch (this.text[this.at]) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      case undefined:
        return this.fail("truncated", "the text ends where a value is expected");
      default:
        return this.number();
    }
  }

  private object(): Json {
    const value: { [key: string]: Json } = {};
    let keyCount = 0;
    this.open();
    if (this.closes("}")) return value;
    for (;;) {
      if (this.text.charCodeAt(this.at) !== quote) this.fail(this.endOr("syntax"), "expected a key");
      const key = this.string();
      if (Object.hasOwn(value, key)) this.fail("duplicate_key", `the key ${JSON.stringify(key)} occurs twice`);
      keyCount += 1;
      if (keyCount > this.limits.keysMax) this.fail("too_many_keys", `more than ${this.limits.keysMax} keys`);
      this.expect(":");
      this.path.push(key);
      const member = this.value();
      this.path.pop();
      // Plain assignment of this one key would change the prototype instead.
      if (key === "__proto__") Object.defineProperty(value, key, { value: member, enumerable: true, writable: true });
      else value[key] = member;
      if (this.closes("}")) return value;
      this.expect(",");
    }
  }

  private array(): Json {
    const value: Json[] = [];
    this.open();
    if (this.closes("]")) return value;
    for (;;) {
      if (value.length >= this.limits.itemsMax) this.fail("too_many_items", `more than ${this.limits.itemsMax} items`);
      this.path.push(value.length);
      value.push(this.value());
      this.path.pop();
      if (this.closes("]")) return value;
      this.expect(",");
    }
  }

  private open(): void {
    // The path is as long as the depth.
    if (this.path.length >= this.limits.depthMax) this.fail("too_deep", `deeper than ${this.limits.depthMax}`);
    this.at += 1;
    this.skipSpace();
  }

  private closes(bracket: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  private expect(mark: string): void {
    this.skipSpace();
    if (this.text[this.at] !== mark) this.fail(this.endOr("syntax"), `expected ${mark}`);
    this.at += 1;
    this.skipSpace();
  }

  private string(): string {
    const start = this.at + 1;
    let end = start;
    let escaped = false;
    for (; ; end += 1) {
      const code = this.text.charCodeAt(end);
      if (code === quote) break;
      if (Number.isNaN(code)) this.fail("truncated", "the text ends inside a string");
      if (code < 0x20) this.fail("control_character", `U+${code.toString(16).padStart(4, "0")} inside a string`);
      if (code === backslash) {
        escaped = true;
        end += 1;
      }
    }
    this.at = end + 1;
    const raw = this.text.slice(start, end);
    const value = escaped ? this.unescape(raw) : raw;
    // Only a string this long can be over the limit: a UTF-16 unit is at most three bytes.
    if (value.length * 3 > this.limits.stringBytesMax && Buffer.byteLength(value) > this.limits.stringBytesMax) {
      this.fail("string_too_long", `a string of more than ${this.limits.stringBytesMax} bytes`);
    }
    return value;
  }

  private unescape(raw: string): string {
    const value = raw.replace(/\\(u([0-9a-fA-F]{4})|[\s\S]?)/g, (_, mark: string, hex: string | undefined) => {
      const character = hex === undefined ? escapes[mark] : String.fromCharCode(Number.parseInt(hex, 16));
      if (character === undefined) return this.fail("syntax", `unknown escape \\${mark}`);
      if (character < " " && !allowedControls.has(character)) {
        return this.fail("control_character", `escaped U+${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
      }
      return character;
    });
    if (!value.isWellFormed()) this.fail("lone_surrogate", "half of a surrogate pair");
    return value;
  }

  private number(): Json {
    numberPattern.lastIndex = this.at;
    const match = numberPattern.exec(this.text);
    if (match === null)
      return this.fail("syntax", `unexpected ${JSON.stringify(this.text.slice(this.at, this.at + 20))}`);
    const [text, fraction, exponent] = match;
    this.at += text.length;
    const value = Number(text);
    const isExact =
      fraction === undefined && exponent === undefined ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (isExact) return value;
    if (this.limits.bigNumbers === "string") return text;
    return this.fail("number_out_of_range", `${text.slice(0, 40)} does not fit a double`);
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) {
      const isCut = word.startsWith(this.text.slice(this.at));
      this.fail(isCut ? "truncated" : "syntax", `expected ${word}`);
    }
    this.at += word.length;
    return value;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private endOr(reason: EdgeReason): EdgeReason {
    return this.at >= this.text.length ? "truncated" : reason;
  }

  private fail(reason: EdgeReason, detail: string): never {
    const pointer = this.path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    throw new EdgeError(reason, pointer, Buffer.byteLength(this.text.slice(0, this.at)), detail);
  }
}
