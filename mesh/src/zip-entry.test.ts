import { expect, test } from "bun:test";
import { zipEntry } from "./zip-entry.ts";

// A deflated "words/long.txt" and a stored "short.txt", made by Python's zipfile.
const archive = Buffer.from(
  "UEsDBBQAAAAIAAAAIQCcmHSfEQAAANwAAAAOAAAAd29yZHMvbG9uZy50eHS7sOXCvgvbL+y72KBwYbgxAVBLAwQUAAAAAAAAACEAmIcbsQQAAAAEAAAACQAAAHNob3J0LnR4dGhlcmVQSwECFAMUAAAACAAAACEAnJh0nxEAAADcAAAADgAAAAAAAAAAAAAAgAEAAAAAd29yZHMvbG9uZy50eHRQSwECFAMUAAAAAAAAACEAmIcbsQQAAAAEAAAACQAAAAAAAAAAAAAAgAE9AAAAc2hvcnQudHh0UEsFBgAAAAACAAIAcwAAAGgAAAAAAA==",
  "base64",
);

test("a deflated file is unpacked", () => {
  expect(zipEntry(archive, "long.txt").toString("utf8")).toBe("дозор ".repeat(20));
});

test("a stored file is taken as it is", () => {
  expect(zipEntry(archive, "short.txt").toString("utf8")).toBe("here");
});

test("a file that is not there is named", () => {
  expect(() => zipEntry(archive, "nats-server")).toThrow("it has no file nats-server");
});

test("what is no archive is refused", () => {
  expect(() => zipEntry(Buffer.from("<html>"), "nats-server")).toThrow("no end record");
});
