import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { startMonitoring } from "./support/monitoring.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const monitoring = await startMonitoring();
afterAll(() => monitoring[Symbol.asyncDispose]());
const { sql, clock } = monitoring;

async function stored(n: number) {
  const [row] = await sql<{ version: number; description: string; reason: string; watched: boolean }[]>`
    select version, description, watch_reason as reason, watched from asset where asset_id = ${assetIdOf(n)}`;
  return row;
}

test("a snapshot is applied only when it is newer, in whatever order they come", async () => {
  await monitoring.applyAssets([assetSnapshot(1, { version: 5n, description: "five" })]);
  await monitoring.applyAssets([assetSnapshot(1, { version: 4n, description: "four" })]);
  await monitoring.applyAssets([assetSnapshot(1, { version: 5n, description: "five again" })]);
  expect(await stored(1)).toMatchObject({ version: 5, description: "five" });
  await monitoring.applyAssets([
    assetSnapshot(1, { version: 7n, description: "seven" }),
    assetSnapshot(1, { version: 6n, description: "six" }),
  ]);
  expect(await stored(1)).toMatchObject({ version: 7, description: "seven" });
});

test("the database refuses a falling version, whoever writes", async () => {
  await monitoring.applyAssets([assetSnapshot(2, { version: 3n })]);
  expect(sql`update asset set version = 2 where asset_id = ${assetIdOf(2)}`.execute()).rejects.toThrow(/must not fall/);
});

test("each asset says why it is watched or not", async () => {
  const active = assetSnapshot(0).contract;
  if (active === undefined) throw new Error("the usual asset has a contract");
  const ship = { id: crypto.randomUUID(), name: "Баржа", kind: NomenclatureKind.SHIP };
  const { nomenclature: _kind, ...unclassified } = assetSnapshot(13);
  const { contract: _contract, ...uncontracted } = assetSnapshot(14);
  await monitoring.applyAssets([
    assetSnapshot(10),
    assetSnapshot(11, { deleted: true }),
    assetSnapshot(12, { nomenclature: ship }),
    unclassified,
    uncontracted,
    assetSnapshot(15, { contract: { ...active, deleted: true } }),
    assetSnapshot(16, { contract: { ...active, status: ContractStatus.TERMINATED } }),
    assetSnapshot(17, { contract: { ...active, startDate: "2026-11-23" } }),
    assetSnapshot(18, { contract: { ...active, endDate: "2026-11-21" } }),
    assetSnapshot(19, { contract: { ...active, returnDate: "2026-11-22" } }),
  ]);
  const reasons = await Promise.all(
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map(async (n) => (await stored(n))?.reason),
  );
  expect(reasons).toEqual([
    "watched",
    "asset_deleted",
    "kind_not_watched",
    "no_nomenclature",
    "no_contract",
    "contract_deleted",
    "contract_not_active",
    "contract_not_started",
    "contract_ended",
    "asset_returned",
  ]);
  const { asset, watched, reason } = await monitoring.as("viewer").watch.getWatchedAsset({ assetId: assetIdOf(12) });
  expect(asset?.nomenclature?.name).toBe("Баржа");
  expect({ watched, reason }).toEqual({ watched: false, reason: "kind_not_watched" });
});

test("a contract that begins or ends at midnight changes the reason without a snapshot", async () => {
  const active = assetSnapshot(0).contract;
  if (active === undefined) throw new Error("the usual asset has a contract");
  await monitoring.applyAssets([
    assetSnapshot(20, { contract: { ...active, startDate: "2026-11-24" } }),
    assetSnapshot(21, { contract: { ...active, endDate: "2026-11-23" } }),
  ]);
  expect([(await stored(20))?.reason, (await stored(21))?.reason]).toEqual(["contract_not_started", "watched"]);
  const before = clock.now();
  clock.set(new Date("2026-11-23T21:00:00Z"));
  await monitoring.service.runNow("roll-watched");
  expect([(await stored(20))?.reason, (await stored(21))?.reason]).toEqual(["watched", "contract_ended"]);
  clock.set(before);
});

test("a changed rule is in force for every asset when the call returns", async () => {
  await monitoring.applyAssets([assetSnapshot(30)]);
  const lead = monitoring.as("lead");
  const { rule } = await lead.watch.getWatchRule({});
  if (rule === undefined) throw new Error("there is no rule");
  const onlyBuses = { ...rule, kinds: [NomenclatureKind.BUS] };
  const changed = await lead.watch.updateWatchRule({ rule: onlyBuses });
  expect(changed.rule).toMatchObject({
    version: rule.version + 1n,
    kinds: [NomenclatureKind.BUS],
    updatedBy: "test-lead",
  });
  expect((await stored(30))?.reason).toBe("kind_not_watched");
  expect(lead.watch.updateWatchRule({ rule: onlyBuses })).rejects.toThrow(/aborted/);
  expect(monitoring.as("analyst").watch.updateWatchRule({ rule: onlyBuses })).rejects.toThrow(/permission_denied/);
  await lead.watch.updateWatchRule({ rule: { ...rule, version: rule.version + 1n } });
  expect((await stored(30))?.reason).toBe("watched");
  const [audit] = await sql<
    { count: number }[]
  >`select count(*) as count from audit_event where action = 'watch_rule.update'`;
  expect(audit?.count).toBe(2);
});

test("a projection that lost assets, or has old ones, is repaired from registry's digest", async () => {
  const many = Array.from({ length: 40 }, (_, index) => {
    const assetId = crypto.randomUUID();
    return assetSnapshot(100 + index, { assetId, version: 9n });
  });
  await monitoring.applyAssets([
    assetSnapshot(100, { assetId: many[0]?.assetId ?? "", version: 2n, description: "old" }),
  ]);
  for (const snapshot of many) monitoring.others.registryAssets.set(snapshot.assetId, snapshot);
  await monitoring.service.runNow("reconcile-assets");
  const rows = await sql<{ version: number }[]>`
    select version from asset where asset_id = any(${many.map((each) => each.assetId)}::uuid[])`;
  expect(rows.map((row) => row.version)).toEqual(Array.from({ length: 40 }, () => 9));
});
