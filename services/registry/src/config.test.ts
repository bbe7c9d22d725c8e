import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@dozor/testkit/temporary-directory";
import { readConfig } from "./config.ts";

const env = { REGISTRY_DATABASE_URL: "postgres://localhost/registry", DOZOR_AUTH_JWKS_FILE: "jwks.json" };

async function configOf(content: object, samples = "") {
  using dir = temporaryDirectory("dozor-config-");
  const file = (name: string) => join(dir.path, name);
  writeFileSync(file("password"), "секрет\n");
  writeFileSync(file("samples"), samples);
  writeFileSync(file("dozor.yaml"), Bun.YAML.stringify(content).replaceAll("DIR", dir.path));
  return await readConfig({ ...env, DOZOR_CONFIG_FILE: file("dozor.yaml") });
}
const source = { name: "1c", adapter: "1c-http", baseUrl: "http://base/leasing", username: "u", password: "p" };

test("registry starts without any source", async () => {
  expect(await readConfig(env)).toMatchObject({ sources: [], kontur: undefined, grpcPort: 15_110 });
});

test("the address of a publication is completed, that of an interface is left alone", async () => {
  const { sources } = await configOf({
    registry: {
      sources: [
        source,
        { ...source, name: "other", adapter: "1c-odata", every: "30s", exchangePlan: "ExchangePlan_Дозор" },
        { ...source, name: "third", baseUrl: "http://base/x/hs/own/v2/" },
      ],
    },
  });
  expect(sources.map(({ baseUrl }) => baseUrl)).toEqual([
    "http://base/leasing/hs/dozor/v1",
    "http://base/leasing/odata/standard.odata",
    "http://base/x/hs/own/v2",
  ]);
  expect(sources[1]).toMatchObject({ everyMs: 30_000, exchangePlan: "Дозор", format: "atom", readTimeoutMs: 900_000 });
});

test("secrets come from files", async () => {
  const { password: _, ...rest } = source;
  const { sources, kontur } = await configOf({
    registry: { sources: [{ ...rest, passwordFile: "DIR/password" }], kontur: { keyFile: "DIR/password" } },
  });
  expect([sources[0]?.password, kontur?.key]).toEqual(["секрет", "секрет"]);
});

test("all mistakes are named at once, and no secret is in the message", async () => {
  const mistakes = {
    ...source,
    adapter: "1c-soap",
    every: "soon",
    limit: 9_000,
    timeZone: "Mars/North",
    colour: "red",
  };
  const error = await configOf({ registry: { sources: [mistakes, source] } }).catch((reason: unknown) => reason);
  const message = String(error);
  for (const part of [
    "adapter",
    "every",
    "limit",
    "timeZone",
    "colour is not a known setting",
    'two sources are named "1c"',
  ])
    expect(message).toContain(part);
  expect(message).not.toContain("секрет");
});

test("a mapping is held against samples before the first poll", async () => {
  const sample = (data: object) => ({
    type: "Catalog_ДоговорыЛизинга",
    id: "b0000000-0000-0000-0000-000000000001",
    data,
  });
  const configWith = (samples: object[]) =>
    configOf({ registry: { sources: [{ ...source, samplesFile: "DIR/samples" }] } }, JSON.stringify(samples));
  expect((await configWith([sample({ Статус: "Действует", ДатаНачала: "2026-01-01" })])).sources.length).toBe(1);
  const wrong = [
    sample({ Статус: "InForce" }),
    sample({ ДатаНачала: "01/02/2026" }),
    { type: "Leases", id: "1", data: {} },
  ];
  const message = String(await configWith(wrong).catch((reason: unknown) => reason));
  for (const part of [
    'does not know the status "InForce"',
    "invalid_date",
    "sample 3 (Leases): the mapping does not know",
  ])
    expect(message).toContain(part);
});

test("a pool that the sources' locks would use up is refused", async () => {
  const sources = Array.from({ length: 8 }, (_, index) => ({ ...source, name: `s${index}` }));
  const message = String(await configOf({ registry: { sources } }).catch((reason: unknown) => reason));
  expect(message).toContain("too small for 8 sources");
});
