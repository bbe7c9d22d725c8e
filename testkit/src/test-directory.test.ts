import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";
import { testDirectory } from "./test-directory.ts";

let past = "";

describe("a file of tests", () => {
  const dir = testDirectory("dozor-testkit-");
  past = dir;
  const wasThereAtLoad = existsSync(dir);

  test("has its directory from its first test on", () => {
    expect(wasThereAtLoad).toBe(false);
    writeFileSync(join(dir, "kept"), "");
  });

  test("has one directory for all of its tests", () => {
    expect(readdirSync(dir)).toEqual(["kept"]);
  });
});

test("the directory of tests that ended is gone", () => {
  expect(past).not.toBe("");
  expect(existsSync(past)).toBe(false);
});

test("a disposed directory is gone with what it held", () => {
  const dir = temporaryDirectory("dozor-testkit-");
  writeFileSync(join(dir.path, "held"), "");
  dir[Symbol.dispose]();
  expect(existsSync(dir.path)).toBe(false);
});
