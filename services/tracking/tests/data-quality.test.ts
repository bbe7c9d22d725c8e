import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { FindingState } from "@dozor/proto/integration/v1/data_quality";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { hoursAgo, noon, startTracking } from "./harness.ts";
import { wireDevice } from "./wire.ts";
import { startXKeeperServer } from "./x-keeper-server.ts";

// Instances come up on a machine that is shared with other tests.
setDefaultTimeout(120_000);

const keeper = startXKeeperServer();
const mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
afterAll(async () => {
  await mesh[Symbol.asyncDispose]();
  keeper[Symbol.dispose]();
});

const nomenclature = (trackerExpected: boolean) => ({
  id: crypto.randomUUID(),
  name: "Грузовик",
  kind: NomenclatureKind.TRUCK,
  trackerExpected,
});
const contract = (change: { handoverDate?: string; endDate?: string; status?: ContractStatus } = {}) => ({
  id: crypto.randomUUID(),
  number: "ДЛ-1",
  status: ContractStatus.ACTIVE,
  startDate: "2026-01-01",
  handoverDate: "2026-01-10",
  ...change,
});

test("an asset that is to carry a tracker and had none for days is found, until one sits on it", async () => {
  const [bare, tracked, fresh, ended, unexpected, left] = Array.from({ length: 6 }, () => crypto.randomUUID());
  const assets = [
    { assetId: bare, vin: "XW8ZZZ5NZMG000001", nomenclature: nomenclature(true), contract: contract() },
    { assetId: tracked, vin: "XW8ZZZ5NZMG000002", nomenclature: nomenclature(true), contract: contract() },
    {
      assetId: fresh,
      vin: "XW8ZZZ5NZMG000003",
      nomenclature: nomenclature(true),
      contract: contract({ handoverDate: "2026-11-18" }),
    },
    {
      assetId: ended,
      vin: "XW8ZZZ5NZMG000004",
      nomenclature: nomenclature(true),
      contract: contract({ endDate: "2026-11-01" }),
    },
    { assetId: unexpected, vin: "XW8ZZZ5NZMG000005", nomenclature: nomenclature(false), contract: contract() },
    { assetId: left, vin: "XW8ZZZ5NZMG000006", nomenclature: nomenclature(true), contract: contract() },
  ];
  await mesh.publishAssets(assets.map((each) => ({ version: 1n, ...each, assetId: each.assetId ?? "" })));
  keeper.devices.push(
    wireDevice("x1", "XW8ZZZ5NZMG000002", hoursAgo(500)),
    { ...wireDevice("x6", "XW8ZZZ5NZMG000006", hoursAgo(500)), removedAt: hoursAgo(10 * 24).toISOString() },
    wireDevice("x9", "NOBODY", hoursAgo(400)),
  );
  await mesh.poll();
  await mesh.service.runNow("judge-devices");
  const open = async (rule: string) => {
    const { findings } = await mesh.quality().listFindings({ rule, state: FindingState.OPEN });
    return findings;
  };
  const missing = await open("tracker_missing");
  expect(missing.map(({ entityId }) => entityId).toSorted()).toEqual([bare ?? "", left ?? ""].toSorted());
  expect(missing[0]).toMatchObject({ entityKind: "asset", source: "1c" });
  const ofLeft = missing.find(({ entityId }) => entityId === left);
  expect(JSON.parse(ofLeft?.evidenceJson ?? "")).toMatchObject({
    vin: "XW8ZZZ5NZMG000006",
    expectedFrom: "2026-01-10",
    lastSittingEndedAt: expect.stringMatching(/^2026-11-10/),
  });
  expect(await open("device_unmatched")).toMatchObject([
    { entityKind: "device", entityId: "x-keeper/x9", source: "x-keeper" },
  ]);
  const { scores } = await mesh.quality().getScores({});
  expect(scores.map(({ source, entityCount, doubtfulCount }) => [source, entityCount, doubtfulCount])).toEqual([
    ["1c", 4n, 2n],
    ["x-keeper", 2n, 1n],
  ]);

  // The next day but one, when a device sits on one of them, and the fresh one has been waited for long enough.
  keeper.devices.push(wireDevice("x7", "XW8ZZZ5NZMG000001", hoursAgo(1)));
  await mesh.poll();
  mesh.clock.set(new Date(noon.getTime() + 8 * 86_400_000));
  await mesh.service.runNow("judge-devices");
  expect((await open("tracker_missing")).map(({ entityId }) => entityId).toSorted()).toEqual(
    [fresh ?? "", left ?? ""].toSorted(),
  );
});
