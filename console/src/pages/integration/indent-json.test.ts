import { expect, test } from "bun:test";
import { indentJson } from "./indent-json.ts";

test("well-formed JSON is indented as everybody does it", () => {
  const value = { a: [1, { b: 'x, y: {z} "q"' }], c: {}, d: [], e: null, f: -1.5e3, g: "" };
  expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(indentJson(JSON.stringify(value, null, 4))).toBe(JSON.stringify(value, null, 2));
});

test("what reading would mend is kept: a key that occurs twice, a number too large", () => {
  expect(indentJson('{"VIN":"1","VIN":"2","n":9007199254740993}')).toBe(
    '{\n  "VIN": "1",\n  "VIN": "2",\n  "n": 9007199254740993\n}',
  );
});

test("a text that was cut is indented as far as it goes, and one that is no JSON stays as it came", () => {
  expect(indentJson('{"a":["x","cut of')).toBe('{\n  "a": [\n    "x",\n    "cut of');
  expect(indentJson("<html>502</html>")).toBe("<html>502</html>");
  expect(indentJson("")).toBe("");
});
