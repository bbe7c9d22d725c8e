import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";
import { usage } from "../usage.ts";
import { benches, readBenchArgs } from "./bench.ts";

test("help lists every benchmark, and each has its program", () => {
  for (const name of Object.keys(benches)) {
    expect(usage).toContain(name);
    expect(existsSync(join(repositoryRoot, "bench", `${name}.ts`)), name).toBe(true);
  }
});

test("all benchmarks run unless some are named", () => {
  expect(readBenchArgs([])).toEqual({ names: ["outbox", "inbox", "journal"], options: [] });
  expect(readBenchArgs(["inbox", "--messages", "1000", "--json"])).toEqual({
    names: ["inbox"],
    options: ["--messages", "1000", "--json"],
  });
});

test("an unknown benchmark is refused with the names of those that there are", () => {
  expect(() => readBenchArgs(["rabbit"])).toThrow("bench: no benchmark rabbit; there are outbox, inbox, journal");
});

test("a size that a benchmark does not take is refused before anything is started", () => {
  expect(() => readBenchArgs(["outbox", "--messages", "5"])).toThrow("bench: outbox takes no --messages");
  expect(() => readBenchArgs(["outbox", "--rows", "many"])).toThrow("bench: what is many?");
});
