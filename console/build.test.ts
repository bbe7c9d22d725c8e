import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildReport } from "./build.ts";

const kilobyte = 1000;
let dir: string;
let report: BuildReport;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "dozor-build-"));
  const target = join(dir, "app");
  const env = { ...process.env, NODE_ENV: "production" };
  const build = Bun.spawn([process.execPath, join(import.meta.dir, "build.ts"), target], { env, stderr: "inherit" });
  expect(await build.exited).toBe(0);
  report = await Bun.file(join(target, "build.json")).json();
}, 60_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

const sizeOf = (names: readonly string[]) => names.reduce((sum, name) => sum + (report.files[name] ?? Number.NaN), 0);

test("what is loaded before the first page keeps to its budget", () => {
  expect(report.initialScripts.length).toBeGreaterThan(0);
  expect(sizeOf(report.initialScripts)).toBeLessThan(330 * kilobyte);
  expect(sizeOf(report.styles)).toBeLessThan(60 * kilobyte);
  expect(sizeOf(report.fonts)).toBeLessThan(90 * kilobyte);
});

test("the map comes only with the page that shows one", () => {
  const map = Object.keys(report.files).find((name) => /^evidence-map-.*\.js$/.test(name));
  expect(map).toBeDefined();
  expect(report.initialScripts).not.toContain(map ?? "");
});

test("every stylesheet is linked, and React is the one for production", async () => {
  const styles = Object.keys(report.files).filter((name) => name.endsWith(".css"));
  expect([...report.styles].sort()).toEqual(styles.sort());
  const texts = await Promise.all(report.initialScripts.map((name) => Bun.file(join(dir, "app", name)).text()));
  expect(texts.join("")).not.toContain("jsxDEV");
});
