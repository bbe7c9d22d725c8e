import { expect, test } from "bun:test";
import { readableBody } from "./readable-body.ts";

test("a record is shown as its source wrote it, with the mistake that got it refused", () => {
  const raw = '{"VIN":"1","VIN":"2"}';
  expect(readableBody(JSON.stringify({ raw, isWhole: true }))).toEqual({
    text: '{\n  "VIN": "1",\n  "VIN": "2"\n}',
    isWhole: true,
  });
});

test("a record that was too long to keep says so, and any other body is shown whole", () => {
  expect(readableBody('{"raw":"{\\"a\\":","isWhole":false}').isWhole).toBe(false);
  expect(readableBody('{"type":"asset.changed"}')).toEqual({ text: '{\n  "type": "asset.changed"\n}', isWhole: true });
  expect(readableBody("")).toEqual({ text: "", isWhole: true });
});
