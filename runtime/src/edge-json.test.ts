import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeStrictJson, EdgeError, type EdgeLimits, type EdgeReason, type Json } from "./edge-json.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

function refusal(work: () => unknown): EdgeError {
  try {
    work();
  } catch (error) {
    if (error instanceof EdgeError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const refused: [string, string | Uint8Array, EdgeReason, EdgeLimits?][] = [
  ["the same key twice", '{"inn":"1","inn":"2"}', "duplicate_key"],
  ["the same key twice, once escaped", '{"inn":1,"\\u0069nn":2}', "duplicate_key"],
  ["an integer that loses digits", "9007199254740993", "number_out_of_range"],
  ["a number beyond a double", "1e400", "number_out_of_range"],
  ["NaN", "NaN", "syntax"],
  ["a number with a leading zero", '{"a":01}', "syntax"],
  ["a NUL escape", '"a\\u0000b"', "control_character"],
  ["a raw control character", '"a\u0001b"', "control_character"],
  ["half a surrogate pair", '"\\ud83d"', "lone_surrogate"],
  ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "bad_utf8"],
  ["a text that ends in a string", '{"a":"b', "truncated"],
  ["a text that ends in an object", '{"a":1', "truncated"],
  ["a text that ends in a word", '{"a":tru', "truncated"],
  ["nothing", "", "truncated"],
  ["two values", "1 2", "syntax"],
  ["a trailing comma", "[1,]", "syntax"],
  ["an unknown escape", '"\\x41"', "syntax"],
  ["an HTML page", "<!DOCTYPE html><html>", "syntax"],
  ["nesting beyond the limit", "[".repeat(40) + "]".repeat(40), "too_deep"],
  ["more keys than allowed", '{"a":1,"b":2,"c":3}', "too_many_keys", { keysMax: 2 }],
  ["more items than allowed", "[1,2,3]", "too_many_items", { itemsMax: 2 }],
  ["a string longer than allowed", '"ыыы"', "string_too_long", { stringBytesMax: 5 }],
  ["an input larger than allowed", '"aaaaaaaa"', "too_large", { bytesMax: 4 }],
];
for (const [what, input, reason, limits] of refused) {
  test(`${what} is refused as ${reason}`, () => {
    expect(refusal(() => decodeStrictJson(input, limits)).reason).toBe(reason);
  });
}

test("a refusal names the place by pointer and byte", () => {
  const error = refusal(() => decodeStrictJson('{"ИНН":[{"a":1,"a":2}]}'));
  expect(error.path).toBe("/ИНН/0");
  expect(error.offset).toBeGreaterThan(12);
});

test("a byte order mark may precede the text", () => {
  expect(decodeStrictJson(utf8('\uFEFF{"a":1}'))).toEqual({ a: 1 });
});

test("numbers too large for a double are kept as written where that is asked for", () => {
  expect(decodeStrictJson("[9007199254740993,1]", { bigNumbers: "string" })).toEqual(["9007199254740993", 1]);
});

test("a key named __proto__ is a member and not a prototype", () => {
  const value = decodeStrictJson('{"__proto__":{"admin":true}}') as Record<string, Json>;
  expect(Object.hasOwn(value, "__proto__")).toBe(true);
  expect(value.admin).toBeUndefined();
});

test("whatever JSON.stringify writes is read back equal", () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value);
      // Controls and large numbers are refused on purpose.
      fc.pre(!/\\u00[01]|\\[bf]|\\ud[89a-f]/i.test(text) && !/\d{16,}|e\+?\d/i.test(text));
      expect(decodeStrictJson(text)).toEqual(JSON.parse(text));
    }),
    { seed, numRuns: 500 },
  );
});

test("mutated bytes are read like JSON.parse reads them, or refused", () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const golden = '{"batchId":"b-17","items":[{"type":"Catalog_ПредметыЛизинга","n":-1.5e3,"ok":true,"x":null}]}';
  fc.assert(
    fc.property(fc.nat(golden.length - 1), fc.string({ minLength: 1, maxLength: 2 }), (at, patch) => {
      const text = golden.slice(0, at) + patch + golden.slice(at + 1);
      try {
        const value = decodeStrictJson(text);
        expect(value).toEqual(JSON.parse(text));
      } catch (error) {
        expect(error).toBeInstanceOf(EdgeError);
      }
    }),
    { seed, numRuns: 2_000 },
  );
});
