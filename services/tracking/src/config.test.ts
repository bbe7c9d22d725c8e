import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { testDirectory } from "@dozor/testkit/test-directory";
import { readConfig } from "./config.ts";

const dir = testDirectory("dozor-config-");

async function readWith(tracking: unknown) {
  const file = join(dir, `${crypto.randomUUID()}.yaml`);
  await writeFile(file, JSON.stringify({ registry: { sources: [] }, tracking }));
  return await readConfig({
    DOZOR_CONFIG_FILE: file,
    TRACKING_DATABASE_URL: "postgres://localhost/tracking",
    DOZOR_AUTH_JWKS_FILE: "/keys.json",
  });
}

test("a provider needs its name, adapter, address and token, and gets defaults for the rest", async () => {
  const keeper = { name: "x-keeper", adapter: "x-keeper", baseUrl: "http://127.0.0.1:8082", token: "t" };
  const { providers, healthToleranceMs } = await readWith({ providers: [keeper] });
  expect(providers[0]).toMatchObject({ ...keeper, everyMs: 900_000, callsPerSecond: 5, historyDays: 30 });
  expect(healthToleranceMs).toBe(6 * 3_600_000);
});

test("an installation without a file or without providers is allowed", async () => {
  expect((await readWith(undefined)).providers).toEqual([]);
  const bare = { TRACKING_DATABASE_URL: "postgres://localhost/tracking", DOZOR_AUTH_JWKS_FILE: "/keys.json" };
  expect((await readConfig(bare)).providers).toEqual([]);
});

test("every problem of the section is named at once, and no secret is", async () => {
  const keeper = { name: "X Keeper", adapter: "traccar", baseUrl: "ftp://x", token: "hush", every: "often", colour: 1 };
  const problem = await readWith({ providers: [keeper, { name: "b" }], healthTolerance: "6 hours" }).catch(String);
  for (const word of ["adapter", "every", "baseUrl", "colour", "healthTolerance", "providers[1].token", "name is not"])
    expect(problem).toContain(word);
  expect(problem).not.toContain("hush");
});

test("two providers of one name are refused", async () => {
  const keeper = { name: "x-keeper", adapter: "x-keeper", baseUrl: "http://127.0.0.1:8082", token: "t" };
  expect(await readWith({ providers: [keeper, keeper] }).catch(String)).toContain('two providers are named "x-keeper"');
});
