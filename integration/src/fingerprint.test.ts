import { expect, test } from "bun:test";
import { fingerprintOf } from "./fingerprint.ts";

test("errors that differ in numbers, ids, addresses and quoted texts are one error", () => {
  const first = `POST http://10.0.0.1:80/in of portal: HTTP 422 no asset "A-17" (7d1f6d0c-5a1b-4c0e-9a5e-0f6f3d2b8c41), tell ops@example.com`;
  const second = `POST https://portal.example/x of portal: HTTP 400 no asset "Б 9" (00000000-0000-4000-8000-000000000000), tell it@example.org`;
  expect(fingerprintOf(first)).toBe(fingerprintOf(second));
});

test("errors of different words are different errors", () => {
  expect(fingerprintOf("field vin is missing")).not.toBe(fingerprintOf("field plate is missing"));
});

test("no error has no fingerprint", () => {
  expect(fingerprintOf("")).toBe("");
});
