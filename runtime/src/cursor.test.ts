import { expect, test } from "bun:test";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("a page token gives back the sort key it was made of", () => {
  expect(decodeCursor(encodeCursor(["Омск", 17]), ["string", "number"])).toEqual(["Омск", 17]);
});

test("the empty token is the first page", () => {
  expect(decodeCursor("", ["string"])).toBeUndefined();
});

for (const token of ["abc", encodeCursor([1]), encodeCursor(["a", "b"]), "bnVsbA"]) {
  test(`the token ${token} of another list is an invalid argument`, () => {
    expect(() => decodeCursor(token, ["string"])).toThrow("page_token");
  });
}
