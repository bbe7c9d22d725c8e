import { expect, setDefaultTimeout, test } from "bun:test";
import { RunState } from "@dozor/proto/monitoring/v1/run";
import { TaskState } from "@dozor/proto/monitoring/v1/task";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { assetFacts, silentFacts } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { now, startMonitoring, today } from "./support/monitoring.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

test("a run turns violations into one task per asset, with every violated indicator and its evidence", async () => {
  await using monitoring = await startMonitoring();
  const dissolved = {
    id: crypto.randomUUID(),
    name: "ООО Тюльпан",
    identity: CounterpartyIdentity.CONFLICT,
    focusInn: "1",
    dissolved: true,
  };
  await monitoring.applyAssets([
    assetSnapshot(1),
    assetSnapshot(2),
    assetSnapshot(3, { lessee: dissolved }),
    assetSnapshot(4),
  ]);
  monitoring.tracking.facts.set(assetIdOf(1), assetFacts(assetIdOf(1), now));
  monitoring.tracking.facts.set(assetIdOf(2), silentFacts(assetIdOf(2), now, 8));
  monitoring.tracking.facts.set(assetIdOf(3), silentFacts(assetIdOf(3), now, 4));
  const operator = monitoring.as("operator");
  const started = await operator.runs.startRun({});
  expect(started.created).toBe(true);
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(20_000));
  const { run } = await operator.runs.getRun({ run: { case: "businessDate", value: today } });
  expect(run?.state).toBe(RunState.COMPLETED);
  expect(run?.counts).toMatchObject({ planned: 40n, failed: 0n });
  expect(run?.countsByIndicator.no_contact).toMatchObject({ violated: 2n, clear: 1n, unknown: 1n });
  expect(run?.countsByIndicator.no_fix).toMatchObject({ violated: 1n, clear: 2n, unknown: 1n });
  expect(run?.countsByIndicator.tracker_missing).toMatchObject({ violated: 1n, clear: 3n });
  expect(run?.countsByIndicator.counterparty_dissolved_or_bankrupt).toMatchObject({ violated: 1n, clear: 3n });
  const { tasks } = await monitoring.as("analyst").tasks.listTasks({});
  const keysOf = (n: number) =>
    tasks
      .filter((task) => task.assetId === assetIdOf(n))
      .map((task) => task.violations.map((each) => each.indicatorKey).sort());
  expect(keysOf(1)).toEqual([]);
  expect(keysOf(2)).toEqual([["no_contact", "no_fix"]]);
  expect(keysOf(3)).toEqual([["counterparty_dissolved_or_bankrupt", "inn_ogrn_disagree", "no_contact"]]);
  expect(keysOf(4)).toEqual([["tracker_missing"]]);
  const silent = tasks.find((task) => task.assetId === assetIdOf(2));
  const { task } = await monitoring.as("analyst").tasks.getTask({ taskId: silent?.taskId ?? "" });
  expect(task?.state).toBe(TaskState.OPEN);
  const evidence = task?.violations.find((each) => each.indicatorKey === "no_contact")?.verdict?.evidence;
  expect(evidence?.measured).toBeCloseTo(8, 5);
  expect(evidence?.limit).toBe(3);
  expect(evidence?.facts?.devices).toHaveLength(1);
  const proof = await operator.runs.getRunProof({ runId: run?.runId ?? "" });
  expect(proof.equal).toBe(true);
  expect(proof.storedProof).toBe(run?.proof ?? "none");
  expect(proof.recounted).toEqual(run?.counts as never);
});
