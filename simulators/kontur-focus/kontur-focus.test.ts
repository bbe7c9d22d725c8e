import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Simulator } from "../harness/simulator.ts";
import { administer } from "../harness/testing.ts";
import { companyInn } from "../world/identifiers.ts";
import { type PartyTrouble, type PartyTruth, partyTruthAt, relatedNumbers } from "../world/parties.ts";
import { start } from "./server.ts";

interface FocusRecord {
  inn: string;
  ogrn: string;
  UL?: { status?: Record<string, unknown>; predecessors?: unknown[]; successors?: unknown[]; kpp?: string };
  IP?: { fio?: string; status?: Record<string, unknown> };
}

const OPTIONS = { seed: 9, assets: 6000, now: "2025-11-20T09:00:00Z" };
let focus: Simulator;
beforeAll(async () => {
  focus = await start(OPTIONS);
});
afterAll(() => focus[Symbol.asyncDispose]());

function ask(method: string, query: string, key = "dozor-focus-key"): Promise<Response> {
  return fetch(`${focus.url}/api3/${method}?key=${key}&${query}`);
}

async function records(method: string, query: string): Promise<FocusRecord[]> {
  const response = await ask(method, query);
  expect(response.status).toBe(200);
  return (await response.json()) as FocusRecord[];
}

function partyWith(trouble: PartyTrouble | null, fits: (party: PartyTruth) => boolean = () => true) {
  const { plan } = focus.world;
  for (let index = plan.lessorCount; index < plan.counterpartyCount; index++) {
    const party = partyTruthAt(plan, index);
    if (party.trouble === trouble && fits(party)) return { index, ...party };
  }
  throw new Error(`the world has no party with ${trouble}`);
}

describe("req", () => {
  test("tells a company by its INN and by its OGRN as UL, a sole trader as IP", async () => {
    const company = partyWith(null, (party) => party.form === "company" && party.state === "active");
    const [byInn] = await records("req", `inn=${company.inn}`);
    expect(byInn).toMatchObject({ inn: company.inn, ogrn: company.ogrn, UL: { kpp: company.kpp } });
    expect(byInn?.UL?.status?.dissolved).toBeUndefined();
    expect(await records("req", `ogrn=${company.ogrn}`)).toEqual([byInn as FocusRecord]);
    const trader = partyWith(null, (party) => party.form === "sole_trader");
    expect(await records("req", `inn=${trader.inn}`)).toMatchObject([{ ogrn: trader.ogrn, IP: { fio: trader.name } }]);
  });

  test("answers up to a hundred values in another order, leaving out the unknown", async () => {
    const inns = Array.from({ length: 99 }, (_, index) => partyTruthAt(focus.world.plan, index + 6).inn);
    const stranger = companyInn("77", 2_899_999);
    const told = await records("req", `inn=${[...inns, stranger].join(",")}`);
    expect(told.length).toBeGreaterThan(80);
    expect(told.some((one) => one.inn === stranger)).toBe(false);
    const asked = told.map((one) => inns.indexOf(one.inn));
    expect(asked).not.toEqual(asked.toSorted((a, b) => a - b));
    expect((await ask("req", `inn=${[...inns, stranger, "7707083893"].join(",")}`)).status).toBe(400);
  });

  test("gives two records for an INN that was registered twice by mistake", async () => {
    const { inn, ogrn } = partyWith("duplicate-inn");
    const told = await records("req", `inn=${inn}`);
    expect(told).toHaveLength(2);
    expect(told.find((one) => one.ogrn !== ogrn)?.UL?.status?.dissolved).toBe(true);
  });

  test("marks dissolved and bankrupt parties and leaves every false out", async () => {
    const bankrupt = partyWith(null, (party) => party.state === "bankrupt");
    expect((await records("req", `inn=${bankrupt.inn}`))[0]?.UL?.status).toMatchObject({ bankrupting: true });
    const dissolved = partyWith(null, (party) => party.state === "dissolved");
    const [record] = await records("req", `inn=${dissolved.inn}`);
    expect((record?.UL ?? record?.IP)?.status).toMatchObject({ dissolved: true });
    expect(JSON.stringify(record)).not.toContain("false");
  });

  test("follows a change of state", async () => {
    const company = partyWith(null, (party) => party.form === "company" && party.state === "active");
    await administer(focus, "operations", { op: "setPartyState", number: company.inn, state: "dissolved" });
    expect((await records("req", `inn=${company.inn}`))[0]?.UL?.status).toMatchObject({ dissolved: true });
    await administer(focus, "operations", { op: "setPartyState", number: company.inn, state: "active" });
  });
});

describe("egrDetails", () => {
  test("names predecessor and successor of one another", async () => {
    const party = partyWith("predecessor-ogrn");
    const before = relatedNumbers(focus.world.plan, party.index, party);
    const [successor] = await records("egrDetails", `inn=${party.inn}`);
    expect(successor?.UL?.predecessors).toMatchObject([{ inn: before.inn, ogrn: before.ogrn }]);
    const [predecessor] = await records("egrDetails", `ogrn=${before.ogrn}`);
    expect(predecessor).toMatchObject({ inn: before.inn, UL: { successors: [{ inn: party.inn, ogrn: party.ogrn }] } });
  });
});

describe("errors", () => {
  test("are 400 in plain text when no value is good", async () => {
    for (const query of ["inn=", "inn=7707083894", "inn=9909000000", "ogrn=1"]) {
      const response = await ask("req", query);
      expect([response.status, await response.text()]).toEqual([400, "inn/ogrn param is not specified"]);
    }
  });

  test("are 200 with the good ones when some values are bad", async () => {
    const { inn } = partyWith(null);
    expect(await records("req", `inn=7707083894,${inn}`)).toHaveLength(1);
  });

  test("are 403 for a bad key and a spent quota", async () => {
    expect((await ask("req", "inn=7707083893", "wrong")).status).toBe(403);
    await using poor = await start({ world: focus.world, quota: 1 });
    const url = `${poor.url}/api3/req?key=dozor-focus-key&inn=7707083893`;
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([200, 403]);
  });

  test("are 429 with or without Retry-After, and cut answers, when asked for", async () => {
    await administer(focus, "faults", {
      faults: [{ status: 429, retryAfterSeconds: 2 }, { status: 429 }, { cutAfterBytes: 20 }],
    });
    const { inn } = partyWith(null);
    expect((await ask("req", `inn=${inn}`)).headers.get("retry-after")).toBe("2");
    expect((await ask("req", `inn=${inn}`)).headers.get("retry-after")).toBeNull();
    await expect((await ask("req", `inn=${inn}`)).text()).rejects.toThrow();
  });
});
