import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDirectory } from "@dozor/testkit/test-directory";
import { ConfigError, configReader, readConfigFile } from "./config.ts";
import { section } from "./config-section.ts";

const dir = testDirectory("dozor-config-");

function problemsOf(run: () => void): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings from the environment", () => {
  test("every problem is reported at once", () => {
    const read = configReader({ PORT: "70000", WAIT: "soon", FLAG: "maybe", MODE: "blue", ADDRESS: "nowhere" });
    read.integer("PORT", { min: 1, max: 65_535 });
    read.durationMs("WAIT");
    read.boolean("FLAG");
    read.oneOf("MODE", ["red", "green"]);
    read.url("ADDRESS");
    read.string("NAME");
    read.secret("TOKEN");
    expect(problemsOf(() => read.done())).toEqual([
      "PORT is above 65535",
      'WAIT is not a duration such as "500ms", "30s", "15m", "6h" or "7d"',
      'FLAG is neither "true" nor "false"',
      "MODE is none of red, green",
      "ADDRESS is not a URL",
      "NAME is missing",
      "TOKEN or TOKEN_FILE is missing",
    ]);
  });

  test("durations have units and defaults are used for what is empty", () => {
    const read = configReader({ A: "15m", B: "30s", C: "500ms", D: "250", E: "" });
    expect([read.durationMs("A"), read.durationMs("B"), read.durationMs("C"), read.durationMs("D")]).toEqual([
      900_000, 30_000, 500, 250,
    ]);
    expect(read.durationMs("E", { default: "1h" })).toBe(3_600_000);
    expect(read.list("F", { default: ["x"] })).toEqual(["x"]);
    read.done();
  });

  test("a secret comes from its file and never shows in a problem", () => {
    const path = join(dir, "password");
    writeFileSync(path, "s3cret\n");
    const read = configReader({ PASSWORD_FILE: path, URL: "not a url with s3cret" });
    expect(read.secret("PASSWORD")).toBe("s3cret");
    read.url("URL");
    expect(problemsOf(() => read.done()).join()).not.toContain("s3cret");
  });
});

describe("settings from a file", () => {
  test("nested sections name the path of each problem and unknown keys are refused", async () => {
    const path = join(dir, "sources.yaml");
    writeFileSync(path, "sources:\n  - name: main\n    every: 5m\n  - name: 7\n    evry: 1m\n");
    const problems: string[] = [];
    const file = section(await readConfigFile(path), "", problems);
    const sources = file.sections("sources").map((source) => {
      const read = { name: source.string("name"), everyMs: source.durationMs("every", { default: "1m" }) };
      source.noOther();
      return read;
    });
    expect(sources).toEqual([
      { name: "main", everyMs: 300_000 },
      { name: "7", everyMs: 60_000 },
    ]);
    expect(problems).toEqual(["sources[1].evry is not a known setting"]);
  });
});
