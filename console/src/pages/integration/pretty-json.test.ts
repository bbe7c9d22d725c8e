import { expect, test } from "bun:test";
import { prettyJson } from "./pretty-json.ts";

test("a body is indented, and one that is no JSON is shown as it came", () => {
  expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyJson('{"cut": "of')).toBe('{"cut": "of');
});
