import { expect, test } from "bun:test";
import { maskedJson, maskedText } from "./mask-secrets.ts";

test("passwords, keys and tokens do not reach the journal", () => {
  const text = maskedText(
    `GET https://user:pa55@host/api3/req?key=abc123&inn=77 Authorization: Basic dXNlcjpwYXNzd29yZA== {"token":"t0ken"} whsec_c2VjcmV0`,
  );
  for (const secret of ["pa55", "abc123", "dXNlcjpwYXNzd29yZA", "t0ken", "c2VjcmV0"])
    expect(text).not.toContain(secret);
  expect(text).toContain("inn=77");
});

test("members named like secrets keep their name and lose their value, at any depth", () => {
  expect(JSON.parse(maskedJson({ a: [{ password: "x", vin: "Z94" }], Пароль: "y" }))).toEqual({
    a: [{ password: "***", vin: "Z94" }],
    Пароль: "***",
  });
});

test("what Postgres cannot keep is replaced", () => {
  expect(maskedText("a\0b\ud800")).toBe("a�b�");
  expect(JSON.parse(maskedJson({ text: "a\0b" }))).toEqual({ text: "a�b" });
});
