import { expect, test } from "bun:test";
import { EdgeError } from "./edge-json.ts";
import { streamJsonItems } from "./edge-json-items.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A body that arrives in pieces of the given size. */
function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

async function collect(bytes: Uint8Array, size: number, options: { itemBytesMax?: number } = {}) {
  const items: unknown[] = [];
  for await (const item of streamJsonItems(inPieces(bytes, size), { arrayKey: "items", ...options })) {
    items.push(
      item.kind === "item" ? item.value : item.kind === "bad_item" ? item.error.reason : { rest: item.members },
    );
  }
  return items;
}

const answer =
  '\uFEFF { "batchId" : "b-17", "items" : [ {"a":"]}\\"","n":[1,{"b":2}]} , 7 , "x" ,[]], "hasMore":true , "next":null} ';

for (const size of [1, 2, 3, 7, 1_000]) {
  test(`elements of an answer that comes in pieces of ${size} bytes are the same`, async () => {
    expect(await collect(utf8(answer), size)).toEqual([
      { a: ']}"', n: [1, { b: 2 }] },
      7,
      "x",
      [],
      { rest: { batchId: "b-17", hasMore: true, next: null } },
    ]);
  });
}

test("a broken element does not lose its neighbours", async () => {
  const body = '{"items":[{"a":1},{"b":1,"b":2},{"n":9007199254740993},{"s":"\\u0000"},{"c":3}],"hasMore":false}';
  expect(await collect(utf8(body), 5)).toEqual([
    { a: 1 },
    "duplicate_key",
    "number_out_of_range",
    "control_character",
    { c: 3 },
    { rest: { hasMore: false } },
  ]);
});

test("an element larger than its limit is a bad item and the next is read", async () => {
  const body = `{"items":[{"a":"${"x".repeat(500)}"},{"c":3}]}`;
  expect(await collect(utf8(body), 64, { itemBytesMax: 100 })).toEqual(["too_large", { c: 3 }, { rest: {} }]);
});

test("a body that breaks off anywhere is refused as truncated or malformed, never taken for whole", async () => {
  const bytes = utf8('{"batchId":"b-17","items":[{"a":1},{"b":2}],"hasMore":true}');
  for (let length = 0; length < bytes.length; length += 1) {
    const read = collect(bytes.slice(0, length), 16);
    await expect(read).rejects.toBeInstanceOf(EdgeError);
  }
});

test("a top-level key that occurs twice is refused", async () => {
  await expect(collect(utf8('{"items":[1],"items":[2]}'), 8)).rejects.toThrow("duplicate_key");
});

test("an HTML page is refused at its first byte", async () => {
  await expect(collect(utf8("<html><body>Ошибка</body></html>"), 8)).rejects.toThrow("syntax");
});

test("an answer without its list is refused and not taken for an empty one", async () => {
  const read = async (text: string) =>
    await Array.fromAsync(streamJsonItems(inPieces(utf8(text), 7), { arrayKey: "items" }));
  for (const text of ["{}", '{"items":null}', '{"items":"many"}', '{"error":{"code":"busy","items":[]}}']) {
    await expect(read(text)).rejects.toThrow('no list "items"');
  }
  expect(await read('{"items":[]}')).toEqual([{ kind: "rest", members: {} }]);
});
