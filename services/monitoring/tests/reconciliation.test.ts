import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { fromBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { assetSnapshot } from "./support/asset-snapshots.ts";
import { now, startMonitoring } from "./support/monitoring.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(240_000);

const monitoring = await startMonitoring({ env: { MONITORING_RECONCILE_EVERY: "1d" } });
afterAll(() => monitoring[Symbol.asyncDispose]());
const { sql, others } = monitoring;
const admin = monitoring.as("integration_admin").reconciliation;

/** Some assets that registry and monitoring agree about. */
async function agreed(count: number): Promise<AssetSnapshot[]> {
  const snapshots = Array.from({ length: count }, (_, index) =>
    assetSnapshot(index + 1, { assetId: crypto.randomUUID(), version: 5n, description: `agreed ${index}` }),
  );
  await monitoring.applyAssets(snapshots);
  // A comparison asked for joins one that is going on, such as that at start, which has not seen what the test does next.
  await reconcile();
  return snapshots;
}

/** What the projection keeps is what registry has, whole. */
async function expectEqual(): Promise<void> {
  const rows = await sql<{ id: string; version: number; hash: Uint8Array; payload: Uint8Array; description: string }[]>`
    select asset_id as id, version, content_hash as hash, payload, description from asset order by asset_id`;
  const theirs = [...others.registryAssets.values()].toSorted((a, b) => (a.assetId < b.assetId ? -1 : 1));
  expect(rows.map(({ id, version, description }) => ({ id, version, description }))).toEqual(
    theirs.map((each) => ({ id: each.assetId, version: Number(each.version), description: each.description })),
  );
  for (const [index, { hash, payload }] of rows.entries()) {
    expect(Buffer.from(hash).equals(theirs[index]?.contentHash ?? new Uint8Array())).toBe(true);
    expect(fromBinary(AssetSnapshotSchema, payload)).toEqual(theirs[index] as AssetSnapshot);
  }
  const differing = await sql`
    (select dimension, key, asset_count from report_recount() where asset_count <> 0 except select dimension, key, asset_count from report_now)`;
  expect(differing.length).toBe(0);
}

const reconcile = async (thorough = false) => {
  const { finished, reconciliation } = await admin.reconcileNow({ thorough, waitMs: 90_000 }, { timeoutMs: 100_000 });
  expect(finished).toBe(true);
  return reconciliation;
};

test("whatever was done to the projection by hand, one comparison makes it equal to registry and says what it was", async () => {
  const [older, newer, gone, changed, deleted, ...rest] = await agreed(12);
  const idOf = (each: AssetSnapshot | undefined) => each?.assetId ?? "";
  await sql`update asset set description = 'unlike registry' where asset_id = ${idOf(rest[0])}`;
  const surplus = assetSnapshot(900, { assetId: crypto.randomUUID() });
  await monitoring.publishAssets([surplus]);
  await monitoring.drain();
  await sql.begin(async (tx) => {
    await tx`select set_config('dozor.repairs_projection', 'on', true)`;
    await tx`update asset set version = 2, description = 'old' where asset_id = ${idOf(older)}`;
    await tx`update asset set version = 77, description = 'from the future' where asset_id = ${idOf(newer)}`;
    await tx`update asset set content_hash = ${Buffer.alloc(32, 9)}, vin = 'WRONG' where asset_id = ${idOf(changed)}`;
    await tx`update asset set deleted = true, content_hash = ${Buffer.alloc(32, 8)} where asset_id = ${idOf(deleted)}`;
    await tx`delete from report_asset where asset_id = ${idOf(gone)}`;
    await tx`delete from asset where asset_id = ${idOf(gone)}`;
  });
  const quick = await reconcile();
  expect(quick?.error).toBe("");
  expect(quick?.differences).toMatchObject({
    missing: 1n,
    behind: 1n,
    ahead: 1n,
    contradicting: 2n,
    surplus: 1n,
    damaged: 0n,
  });
  expect(quick).toMatchObject({ repairedCount: 6n, assetCount: 12n, thorough: false });
  expect(quick?.differingRangeCount).toBeGreaterThan(0);
  expect(quick?.endedAt).toBeDefined();

  const thorough = await reconcile(true);
  expect(thorough?.differences).toMatchObject({ missing: 0n, behind: 0n, contradicting: 0n, surplus: 0n, damaged: 1n });
  await expectEqual();

  expect(await reconcile(true)).toMatchObject({ repairedCount: 0n, differingRangeCount: 0 });
  const { reconciliations } = await monitoring.as("viewer").reconciliation.listReconciliations({ onlyTroubled: true });
  expect(reconciliations.slice(0, 2).map(({ id }) => id)).toEqual([thorough?.id ?? "", quick?.id ?? ""]);
});

test("from nothing everything is rebuilt", async () => {
  await agreed(5);
  await sql`truncate asset, report_asset, report_counter, report_delta cascade`;
  const rebuilt = await reconcile();
  expect(rebuilt?.differences?.missing).toBe(BigInt(others.registryAssets.size));
  await expectEqual();
});

test("what has just changed in registry is on its way and no difference", async () => {
  const [first] = await agreed(1);
  const assetId = first?.assetId ?? "";
  others.registryAssets.set(
    assetId,
    assetSnapshot(1, {
      assetId,
      version: 6n,
      contentHash: new Uint8Array(32).fill(66),
      changedAt: timestampFromDate(now),
    }),
  );
  const reconciled = await reconcile();
  expect(reconciled).toMatchObject({ onItsWayCount: 1n, repairedCount: 0n });
  expect(reconciled?.differences).toMatchObject({ missing: 0n, behind: 0n });
  await expectEqual();
});

test("an asset that registry does not have is kept, unwatched, while tasks tell of it", async () => {
  const surplus = assetSnapshot(901, { assetId: crypto.randomUUID() });
  await monitoring.publishAssets([surplus]);
  await monitoring.drain();
  await sql`
    insert into task (task_id, asset_id, state, severity, region_code, created_on, created_at, updated_at)
    values (gen_random_uuid(), ${surplus.assetId}, 'open', 1, '', '2026-11-22', now(), now())`;
  const reconciled = await reconcile();
  expect(reconciled?.differences?.surplus).toBe(1n);
  expect(reconciled?.repairedCount).toBe(0n);
  const [kept] = await sql<{ reason: string }[]>`
    select watch_reason as reason from asset where asset_id = ${surplus.assetId}`;
  expect(kept?.reason).toBe("asset_deleted");
  await sql`truncate task cascade`;
  await reconcile();
  await expectEqual();
});

test("a registry that lost its data does not take the projection along", async () => {
  await agreed(30);
  const before = new Map(others.registryAssets);
  others.registryAssets.clear();
  const refused = await reconcile();
  expect(refused?.error).toContain("removed without asking");
  const [row] = await sql<{ count: number }[]>`select count(*) as count from asset`;
  expect(row?.count).toBe(before.size);
  for (const [id, snapshot] of before) others.registryAssets.set(id, snapshot);
  await reconcile();
  await expectEqual();
});

test("only operators and integration administrators compare", () => {
  expect(monitoring.as("analyst").reconciliation.reconcileNow({})).rejects.toThrow(/permission_denied/);
});
