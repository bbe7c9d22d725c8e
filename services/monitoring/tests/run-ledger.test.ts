import { expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { RunState } from "@dozor/proto/monitoring/v1/run";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { eventually } from "@dozor/testkit/eventually";
import { assetFacts, silentFacts } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { type Monitoring, now, startMonitoring, today } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** So many watched assets; every third has been silent for five days. */
async function fill(monitoring: Monitoring, count: number): Promise<void> {
  await monitoring.applyAssets(numbers(count).map((n) => assetSnapshot(n)));
  for (const n of numbers(count)) {
    const id = assetIdOf(n);
    monitoring.tracking.facts.set(id, n % 3 === 0 ? silentFacts(id, now, 5) : assetFacts(id, now));
  }
}

const codeOf = (error: unknown) => ConnectError.from(error).code;

test("two instances make one run, one task per asset, and every asset is judged once per indicator", async () => {
  await using monitoring = await startMonitoring({ instances: 2, env: { MONITORING_CHUNK_SIZE: "7" } });
  await fill(monitoring, 60);
  const operator = monitoring.as("operator");
  const starts = await Promise.all(numbers(6).map(() => operator.runs.startRun({})));
  expect(starts.filter((start) => start.created)).toHaveLength(1);
  expect(new Set(starts.map((start) => start.run?.runId)).size).toBe(1);
  await Promise.all(monitoring.services.map((service) => service.runNow("drive-runs", AbortSignal.timeout(30_000))));
  const { run } = await operator.runs.getRun({ run: { case: "businessDate", value: today } });
  expect(run).toMatchObject({ state: RunState.COMPLETED, watchedAssetCount: 60n, indicatorCount: 10 });
  expect(run?.counts).toMatchObject({ planned: 600n, failed: 0n });
  expect(run?.countsByIndicator.no_contact).toMatchObject({ violated: 20n, clear: 40n });
  const memberships = await monitoring.sql<{ times: number }[]>`
    select count(*) as times from run_chunk cross join lateral unnest(asset_ids) as asset_id group by asset_id, indicator_id`;
  expect(memberships).toHaveLength(600);
  expect(memberships.every(({ times }) => times === 1)).toBe(true);
  const [tasks] = await monitoring.sql<{ tasks: number; assets: number }[]>`
    select count(*) as tasks, count(distinct asset_id) as assets from task`;
  expect(tasks).toEqual({ tasks: 20, assets: 20 });
});

test("a reply that comes twice, or again after its chunk has ended, changes nothing", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 9);
  const { tracking } = monitoring;
  tracking.onRequest = async (request) => {
    await tracking.publish(tracking.answer(request));
    await tracking.publish(tracking.answer(request));
  };
  const run = await runDay(monitoring);
  await monitoring.drain();
  const late = tracking.requests[0];
  if (late === undefined) throw new Error("nothing was asked");
  for (const n of numbers(9)) tracking.facts.set(assetIdOf(n), silentFacts(assetIdOf(n), now, 50));
  await tracking.publish(tracking.answer(late));
  await monitoring.drain();
  const again = await monitoring.as("viewer").runs.getRun({ run: { case: "runId", value: run.runId } });
  expect(again.run).toEqual(run);
  expect(run.countsByIndicator.no_contact).toMatchObject({ violated: 3n, clear: 6n });
  const [events] = await monitoring.sql<
    { count: number }[]
  >`select count(*) as count from task_event where type = 'created'`;
  expect(events?.count).toBe(3);
});

test("a check without an answer is asked once more and has failed after its deadline", async () => {
  await using monitoring = await startMonitoring({ env: { MONITORING_CHECK_DEADLINE: "10m" } });
  await fill(monitoring, 3);
  const { tracking, clock } = monitoring;
  tracking.onRequest = async () => {};
  const driven = runDay(monitoring);
  await eventually("the question", () => tracking.requests.length === 1);
  clock.advance(5 * 60_000);
  await eventually("the second question", () => tracking.requests.length === 2);
  expect(tracking.requests[1]?.checkId).toBe(tracking.requests[0]?.checkId ?? "none");
  expect(tracking.requests[1]?.assets).toEqual(tracking.requests[0]?.assets ?? []);
  clock.advance(5 * 60_000);
  const run = await driven;
  expect(run.state).toBe(RunState.COMPLETED);
  expect(run.counts).toMatchObject({ planned: 30n, failed: 24n, clear: 6n });
  const proof = await monitoring.as("viewer").runs.getRunProof({ runId: run.runId });
  expect(proof).toMatchObject({ equal: true, recounted: { planned: 30n, failed: 24n } });
  const late = tracking.requests[0];
  if (late !== undefined) await tracking.publish(tracking.answer(late));
  await monitoring.drain();
  const after = await monitoring.as("viewer").runs.getRun({ run: { case: "runId", value: run.runId } });
  expect(after.run?.counts).toEqual(run.counts as never);
});

test("the second question is enough when the first one was lost", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 3);
  const { tracking, clock } = monitoring;
  tracking.onRequest = async (request) => {
    if (tracking.requests.length > 1) await tracking.publish(tracking.answer(request));
  };
  const driven = runDay(monitoring);
  await eventually("the question", () => tracking.requests.length === 1);
  clock.advance(6 * 60_000);
  expect((await driven).counts).toMatchObject({ planned: 30n, failed: 0n });
});

test("what tracking could not answer has failed, in its words", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 3);
  const { tracking } = monitoring;
  tracking.onRequest = (request) =>
    tracking.publish({ ...tracking.answer(request), facts: [], failure: "the database is away" });
  expect((await runDay(monitoring)).counts).toMatchObject({ planned: 30n, failed: 24n });
  const failures =
    await monitoring.sql`select distinct failure, failure_detail as detail from run_chunk where state = 'failed'`;
  expect([...failures]).toEqual([{ failure: "tracking_failed", detail: "the database is away" }]);
});

test("a reply that lacks an asset fails its check instead of passing it as clear", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 3);
  const { tracking } = monitoring;
  tracking.onRequest = (request) => {
    const reply = tracking.answer(request);
    return tracking.publish({ ...reply, facts: reply.facts.slice(1) });
  };
  expect((await runDay(monitoring)).counts).toMatchObject({ planned: 30n, failed: 24n });
});

test("a holder of the driver that was paused commits nothing once another has taken over", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 5);
  const { tracking, sql } = monitoring;
  const held = Promise.withResolvers<void>();
  tracking.onRequest = async (request) => {
    await held.promise;
    await tracking.publish(tracking.answer(request));
  };
  const { run } = await monitoring.as("operator").runs.startRun({});
  await eventually("the question", () => tracking.requests.length === 1);
  // Another instance takes the job over while this one believes that it still leads.
  const [overtaken] = await sql<{ epoch: number }[]>`
    update runtime.job set epoch = epoch + 1, holder = 'another' where name = 'drive-runs' returning epoch - 1 as epoch`;
  const commitsOfOvertaken = async () => {
    const epoch = overtaken?.epoch ?? -1;
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from runtime.job_commit where job = 'drive-runs' and epoch = ${epoch}`;
    return row?.count ?? 0;
  };
  const [before, refusedBefore] = [await commitsOfOvertaken(), await commitsRefused(monitoring.service.httpUrl)];
  held.resolve();
  // Begins when the overtaken run has ended, and brings to an end what that one left.
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(30_000));
  expect(before).toBeGreaterThan(0);
  expect(await commitsOfOvertaken()).toBe(before);
  expect(await commitsRefused(monitoring.service.httpUrl)).toBe(refusedBefore + 1);
  const ended = await monitoring.as("viewer").runs.getRun({ run: { case: "runId", value: run?.runId ?? "" } });
  expect(ended.run?.state).toBe(RunState.COMPLETED);
});

async function commitsRefused(httpUrl: string): Promise<number> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  return Number(/^scheduled_run_commits_refused_total\{schedule="drive-runs".*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

test("a proof notices a verdict that was changed afterwards", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 6);
  const run = await runDay(monitoring);
  const { runs } = monitoring.as("viewer");
  expect((await runs.getRunProof({ runId: run.runId })).equal).toBe(true);
  await monitoring.sql`delete from verdict where (asset_id, indicator_id) in (select asset_id, indicator_id from verdict limit 1)`;
  const proof = await runs.getRunProof({ runId: run.runId });
  expect(proof.equal).toBe(false);
  expect(proof.storedProof).toBe(run.proof);
});

test("a cancelled run has ended: what was not judged has failed, and its proof says so", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 4);
  monitoring.tracking.onRequest = async () => {};
  const operator = monitoring.as("operator");
  const { run } = await operator.runs.startRun({});
  const runId = run?.runId ?? "";
  await eventually("the question", () => monitoring.tracking.requests.length === 1);
  expect(monitoring.as("analyst").runs.cancelRun({ runId, reason: "no" })).rejects.toThrow(/permission_denied/);
  const cancelled = await operator.runs.cancelRun({ runId, reason: "wrong zones" });
  expect(cancelled.run).toMatchObject({ state: RunState.CANCELLED, counts: { planned: 40n, failed: 32n, clear: 8n } });
  expect((await operator.runs.getRunProof({ runId })).equal).toBe(true);
  expect(await operator.runs.cancelRun({ runId, reason: "again" }).catch(codeOf)).toBe(Code.FailedPrecondition);
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(10_000));
});

test("a past date is judged as of its end, a future one only when it is told as of when", async () => {
  await using monitoring = await startMonitoring();
  await monitoring.applyAssets([assetSnapshot(1)]);
  const operator = monitoring.as("operator");
  const past = await operator.runs.startRun({ businessDate: "2026-11-20" });
  expect(past.run?.asOf?.seconds).toBe(BigInt(Date.parse("2026-11-20T21:00:00Z") / 1000));
  expect(await operator.runs.startRun({ businessDate: "2026-11-23" }).catch(codeOf)).toBe(Code.InvalidArgument);
  expect(await operator.runs.startRun({ businessDate: "2026-02-30" }).catch(codeOf)).toBe(Code.InvalidArgument);
  const asOf = { seconds: BigInt(Date.parse("2026-11-23T06:00:00Z") / 1000), nanos: 0 };
  const future = await operator.runs.startRun({ businessDate: "2026-11-23", asOf });
  expect(future.run).toMatchObject({ businessDate: "2026-11-23", asOf });
  expect((await operator.runs.startRun({ businessDate: "2026-11-23" })).created).toBe(false);
  const { runs } = await operator.runs.listRuns({ pageSize: 1 });
  expect(runs.map((run) => run.businessDate)).toEqual(["2026-11-23"]);
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(30_000));
});

test("every verdict can be listed and any single one explained, clear ones included", async () => {
  await using monitoring = await startMonitoring({ env: { MONITORING_CHUNK_SIZE: "4" } });
  await fill(monitoring, 12);
  const run = await runDay(monitoring);
  const { runs, indicators } = monitoring.as("viewer");
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await runs.listVerdicts({ runId: run.runId, pageSize: 17, pageToken });
    seen.push(...page.verdicts.map((verdict) => `${verdict.assetId} ${verdict.indicatorId}`));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(seen).toHaveLength(120);
  expect(seen).toEqual([...new Set(seen)].sort());
  const { indicators: all } = await indicators.listIndicators({});
  const noContact = all.find((indicator) => indicator.key === "no_contact");
  const single = { runId: run.runId, indicatorId: noContact?.indicatorId ?? "" };
  const violated = await runs.listVerdicts({ ...single, assetId: assetIdOf(3) });
  expect(violated.verdicts).toMatchObject([
    { result: VerdictResult.VIOLATED, indicatorKey: "no_contact", evidence: { limit: 3 } },
  ]);
  const clear = await runs.listVerdicts({ ...single, assetId: assetIdOf(4) });
  expect(clear.verdicts).toMatchObject([{ result: VerdictResult.CLEAR, evidence: { assetVersion: 1n } }]);
  const onlyViolated = await runs.listVerdicts({ runId: run.runId, result: VerdictResult.VIOLATED, pageSize: 500 });
  expect(onlyViolated.verdicts.map((verdict) => verdict.assetId)).toEqual([3, 6, 9, 12].map(assetIdOf));
});

test("a watched run begins with its present state and ends when it does", async () => {
  await using monitoring = await startMonitoring();
  await fill(monitoring, 3);
  const held = Promise.withResolvers<void>();
  const { tracking } = monitoring;
  tracking.onRequest = async (request) => {
    await held.promise;
    await tracking.publish(tracking.answer(request));
  };
  const { run } = await monitoring.as("operator").runs.startRun({});
  const states: RunState[] = [];
  for await (const { run: seen, sequence } of monitoring.as("viewer").runs.watchRun({ runId: run?.runId ?? "" })) {
    states.push(seen?.state ?? RunState.UNSPECIFIED);
    expect(sequence).toBe(BigInt(states.length));
    held.resolve();
  }
  expect(states.at(-1)).toBe(RunState.COMPLETED);
  expect(states.length).toBeGreaterThan(1);
});

test("the daily run opens when it is due, missed days are made up, and a date never gets a second run", async () => {
  await using monitoring = await startMonitoring({
    at: new Date("2026-11-20T12:00:00Z"),
    env: { MONITORING_DAILY_RUN_CRON: "0 6 * * *" },
  });
  await monitoring.applyAssets([assetSnapshot(1)]);
  const { clock, sql, service } = monitoring;
  await sql`update watch_rule set made_at = '2026-11-20T12:00:00Z'`;
  const dates = async () =>
    (await sql<{ date: string }[]>`select business_date as date from run order by 1`).map((row) => row.date);
  clock.set(new Date("2026-11-21T02:59:00Z"));
  await service.runNow("start-daily-run");
  expect(await dates()).toEqual([]);
  clock.set(new Date("2026-11-21T03:00:30Z"));
  await service.runNow("start-daily-run");
  await service.runNow("start-daily-run");
  expect(await dates()).toEqual(["2026-11-21"]);
  clock.set(new Date("2026-11-24T09:00:00Z"));
  await service.runNow("start-daily-run");
  expect(await dates()).toEqual(["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]);
  const [made] = await sql<{ asOf: Date }[]>`select as_of as "asOf" from run where business_date = '2026-11-22'`;
  expect(made?.asOf.toISOString()).toBe("2026-11-22T21:00:00.000Z");
  await service.runNow("drive-runs", AbortSignal.timeout(30_000));
});
