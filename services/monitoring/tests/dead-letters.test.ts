import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { CheckReplySchema } from "@dozor/proto/tracking/v1/check";
import { eventually } from "@dozor/testkit/eventually";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { startMonitoring } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const monitoring = await startMonitoring();
afterAll(() => monitoring[Symbol.asyncDispose]());
const letters = monitoring.as("integration_admin").deadLetters;

test("a poisoned snapshot becomes a dead letter, and its neighbours of other assets are applied", async () => {
  const [first, last] = [assetSnapshot(1), assetSnapshot(3)];
  // Registry has them as well, so that reconciliation leaves them alone.
  for (const each of [first, last]) monitoring.others.registryAssets.set(each.assetId, each);
  await monitoring.applyAssets([first, assetSnapshot(2, { assetId: "not an id", description: "poison" }), last]);
  const rows = await monitoring.sql`select asset_id from asset order by 1`;
  expect(rows.map((row) => row.asset_id)).toEqual([assetIdOf(1), assetIdOf(3)]);
  const { deadLetters, openCounts } = await letters.listDeadLetters({});
  expect(openCounts).toEqual({ "apply-asset-snapshots": 1n });
  const letter = await letters.getDeadLetter({ id: deadLetters[0]?.id ?? 0n });
  const { assetId, description } = fromBinary(AssetSnapshotSchema, letter.payload);
  expect([assetId, description]).toEqual(["not an id", "poison"]);
});

test("a redriven poison is tried once more and is open again, with who asked for it", async () => {
  const { deadLetters } = await letters.listDeadLetters({ consumer: "apply-asset-snapshots" });
  const before = deadLetters[0];
  await letters.redriveDeadLetters({ consumer: "apply-asset-snapshots", reason: "try with the new release" });
  const after = await eventually(
    "the letter to be tried",
    async () => {
      const { deadLetter } = await letters.getDeadLetter({ id: before?.id ?? 0n });
      return deadLetter !== undefined && deadLetter.attempts > (before?.attempts ?? 0) ? deadLetter : undefined;
    },
    { deadlineMs: 30_000 },
  );
  expect(after).toMatchObject({ state: DeadLetterState.OPEN, settledBy: "test-integration_admin" });
  expect(after.settlement).toBe("try with the new release");
});

test("a poisoned reply of tracking does not keep the run from being judged", async () => {
  await monitoring.tracking.publish(create(CheckReplySchema, { checkId: "not an id" }));
  const run = await runDay(monitoring);
  expect(Number(run.counts?.planned)).toBeGreaterThan(0);
  await monitoring.drain();
  const { openCounts } = await letters.listDeadLetters({});
  expect(openCounts["judge-facts"]).toBe(1n);
});
