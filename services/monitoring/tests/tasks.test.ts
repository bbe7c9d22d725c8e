import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { Severity } from "@dozor/proto/monitoring/v1/indicator";
import { type Task, TaskOutcome, TaskState, TaskTransition } from "@dozor/proto/monitoring/v1/task";
import { assetFacts, dayMs, silentFacts } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot, lesseeId } from "./support/asset-snapshots.ts";
import { now, startMonitoring } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const monitoring = await startMonitoring();
afterAll(() => monitoring[Symbol.asyncDispose]());
const { sql, clock, tracking } = monitoring;
const anna = monitoring.as("analyst", "anna").tasks;
const boris = monitoring.as("analyst", "boris").tasks;
const lead = monitoring.as("lead", "lena").tasks;
const codeOf = (error: unknown) => ConnectError.from(error).code;
const count = 30;

beforeAll(async () => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await monitoring.applyAssets(numbers.map((n) => assetSnapshot(n)));
  for (const n of numbers) tracking.facts.set(assetIdOf(n), silentFacts(assetIdOf(n), now, 5));
  await runDay(monitoring);
});

/** The task of the n-th asset that is not ended; each test works on an asset of its own. */
async function taskOf(n: number): Promise<Task> {
  const states = [TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.SNOOZED];
  const { tasks } = await anna.listTasks({ filter: { assetId: assetIdOf(n), states } });
  const [task] = tasks;
  if (task === undefined) throw new Error(`asset ${n} has no task`);
  return task;
}
const etag = ({ taskId, version }: Task) => ({ taskId, version });
const must = (answer: { task?: Task | undefined }): Task => {
  if (answer.task === undefined) throw new Error("the answer has no task");
  return answer.task;
};
const later = (days: number) => timestampFromDate(new Date(clock.now().getTime() + days * dayMs));
const note = "checked by phone";

test("of many claims at once exactly one wins and the others are told that they came late", async () => {
  const task = await taskOf(1);
  const claims = Array.from({ length: 12 }, (_, index) =>
    monitoring.as("analyst", `analyst-${index}`).tasks.claimTask(etag(task)).then(must).catch(codeOf),
  );
  const answers = await Promise.all(claims);
  const won = answers.filter((answer) => typeof answer !== "number");
  expect(won).toHaveLength(1);
  expect(answers.filter((answer) => answer === Code.Aborted)).toHaveLength(11);
  const claimed = await taskOf(1);
  expect(claimed).toMatchObject({ state: TaskState.IN_PROGRESS, assignee: (won[0] as Task).assignee });
});

test("analysts who claim the next task at once get different ones, and repeating a request gives the same", async () => {
  const filter = { lesseeId };
  const ids = Array.from({ length: 6 }, () => crypto.randomUUID());
  const claimed = await Promise.all(
    ids.map((requestId, index) => monitoring.as("analyst", `next-${index}`).tasks.claimNextTask({ filter, requestId })),
  );
  const taskIds = claimed.map((answer) => must(answer).taskId);
  expect(new Set(taskIds).size).toBe(6);
  const again = await monitoring.as("analyst", "next-0").tasks.claimNextTask({ filter, requestId: ids[0] ?? "" });
  expect(must(again).taskId).toBe(taskIds[0] ?? "none");
  const nothing = { filter: { query: "no such plate" }, requestId: crypto.randomUUID() };
  expect(await anna.claimNextTask(nothing).catch(codeOf)).toBe(Code.NotFound);
});

test("a task goes its whole way, and its history tells who did what, before and after", async () => {
  let task = must(await anna.claimTask(etag(await taskOf(20))));
  expect(task.allowedTransitions).toEqual([TaskTransition.RELEASE, TaskTransition.SNOOZE, TaskTransition.RESOLVE]);
  expect(await boris.releaseTask(etag(task)).catch(codeOf)).toBe(Code.FailedPrecondition);
  task = must(await anna.releaseTask(etag(task)));
  task = must(await lead.assignTask({ ...etag(task), assignee: "boris", assigneeName: "Борис" }));
  task = must(await boris.resolveTask({ ...etag(task), outcome: TaskOutcome.FALSE_POSITIVE, note }));
  expect(await boris.closeTask(etag(task)).catch(codeOf)).toBe(Code.PermissionDenied);
  task = must(await boris.reopenTask({ ...etag(task), reason: "not so sure" }));
  task = must(await anna.claimTask(etag(task)));
  task = must(await anna.resolveTask({ ...etag(task), outcome: TaskOutcome.CONFIRMED_RISK, note }));
  task = must(await lead.closeTask(etag(task)));
  expect(task).toMatchObject({ state: TaskState.CLOSED, outcome: TaskOutcome.CONFIRMED_RISK });
  const { events } = await anna.getTask({ taskId: task.taskId });
  expect(events.map((event) => `${event.type} ${event.actor}`)).toEqual([
    "created system",
    "violation_attached system",
    "claimed anna",
    "released anna",
    "assigned lena",
    "resolved boris",
    "reopened boris",
    "claimed anna",
    "resolved anna",
    "closed lena",
  ]);
  const states = events.map((event) => [event.stateBefore, event.stateAfter]);
  expect(states.slice(1).map(([before]) => before)).toEqual(states.slice(0, -1).map(([, after]) => after as TaskState));
  expect(events.find((event) => event.type === "resolved")).toMatchObject({
    comment: note,
    parameters: { outcome: "false_positive" },
  });
});

test("what was decided on an old version is refused", async () => {
  const task = await taskOf(21);
  await anna.claimTask(etag(task));
  expect(await anna.releaseTask(etag(task)).catch(codeOf)).toBe(Code.Aborted);
  expect(await anna.claimTask({ taskId: crypto.randomUUID(), version: 1n }).catch(codeOf)).toBe(Code.NotFound);
});

test("a comment on a free task claims it, and repeating its request adds nothing", async () => {
  const request = { taskId: (await taskOf(22)).taskId, comment: "calling the lessee", requestId: crypto.randomUUID() };
  const commented = must(await anna.commentTask(request));
  await anna.commentTask(request);
  expect(commented).toMatchObject({ state: TaskState.IN_PROGRESS, assignee: "anna" });
  await boris.commentTask({ ...request, comment: "the lessee called me", requestId: crypto.randomUUID() });
  const { events, task } = await anna.getTask({ taskId: request.taskId });
  expect(events.filter((event) => event.type === "commented").map((event) => event.comment)).toEqual([
    "calling the lessee",
    "the lessee called me",
  ]);
  expect(task?.assignee).toBe("anna");
});

test("a snoozed task comes back when its time is over: to its assignee, or to the free ones", async () => {
  const own = must(await anna.claimTask(etag(await taskOf(23))));
  const snoozed = must(await anna.snoozeTask({ ...etag(own), until: later(2), reason: "on holiday" }));
  const free = must(await anna.snoozeTask({ ...etag(await taskOf(24)), until: later(2), reason: "in repair" }));
  expect([snoozed.state, free.state]).toEqual([TaskState.SNOOZED, TaskState.SNOOZED]);
  await monitoring.service.runNow("wake-snoozed-tasks");
  expect((await taskOf(23)).state).toBe(TaskState.SNOOZED);
  const before = clock.now();
  clock.advance(2 * dayMs);
  await monitoring.service.runNow("wake-snoozed-tasks");
  clock.set(before);
  expect(await taskOf(23)).toMatchObject({ state: TaskState.IN_PROGRESS, assignee: "anna" });
  expect(await taskOf(24)).toMatchObject({ state: TaskState.OPEN, assignee: "" });
});

test("a snooze ends in the future and within 180 days", async () => {
  const task = await taskOf(25);
  const code = (days: number) => anna.snoozeTask({ ...etag(task), until: later(days), reason: "x" }).catch(codeOf);
  expect(await code(-1)).toBe(Code.InvalidArgument);
  expect(await code(181)).toBe(Code.InvalidArgument);
});

test("viewers, operators and services read tasks and change none", async () => {
  const task = await taskOf(26);
  for (const role of ["viewer", "operator", "integration_admin", "service"] as const) {
    const { tasks } = monitoring.as(role);
    expect((await tasks.getTask({ taskId: task.taskId })).task?.allowedTransitions).toEqual([]);
    expect(await tasks.claimTask(etag(task)).catch(codeOf)).toBe(Code.PermissionDenied);
  }
});

test("the inbox is filtered, counted per state and paged without gaps or repeats", async () => {
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await anna.listTasks({ pageSize: 7, pageToken });
    seen.push(...page.tasks.map((task) => task.taskId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  expect(seen).toHaveLength(count);
  expect(new Set(seen).size).toBe(count);
  const all = await anna.listTasks({});
  expect(all.stateCounts.reduce((sum, { taskCount }) => sum + taskCount, 0n)).toBe(BigInt(count));
  const open = await anna.listTasks({ filter: { states: [TaskState.OPEN] }, pageSize: 500 });
  expect(open.tasks.every((task) => task.state === TaskState.OPEN)).toBe(true);
  expect(open.stateCounts).toEqual(all.stateCounts);
  const found = async (filter: object) => (await anna.listTasks({ filter, pageSize: 500 })).tasks.length;
  expect(await found({ query: "А027АА" })).toBe(1);
  expect(await found({ query: "ДЛ-27" })).toBe(1);
  expect(await found({ query: "%" })).toBe(0);
  expect(await found({ query: "ромашка" })).toBe(count);
  expect(await found({ indicatorKey: "no_contact" })).toBe(count);
  expect(await found({ indicatorKey: "no_fix" })).toBe(0);
  expect(await found({ severityMin: Severity.MEDIUM })).toBe(count);
  expect(await found({ severityMin: Severity.HIGH })).toBe(0);
  expect(await found({ regionCode: "RU-OMS" })).toBe(count);
  const mine = await anna.listTasks({ filter: { assignee: "me" }, pageSize: 500 });
  expect(mine.tasks.length).toBeGreaterThan(0);
  expect(mine.tasks.every((task) => task.assignee === "anna")).toBe(true);
  const nobody = await anna.listTasks({ filter: { assignee: "none", states: [TaskState.IN_PROGRESS] } });
  expect(nobody.tasks).toEqual([]);
});

test("watching begins with the counts and names each task that changes", async () => {
  const watching = new AbortController();
  const task = await taskOf(28);
  const seen: string[][] = [];
  try {
    for await (const { stateCounts, changedTaskIds, sequence } of anna.watchTasks({}, { signal: watching.signal })) {
      seen.push(changedTaskIds);
      expect(sequence).toBe(BigInt(seen.length));
      expect(stateCounts.reduce((sum, { taskCount }) => sum + taskCount, 0n)).toBe(BigInt(count));
      if (seen.length === 1) await anna.claimTask(etag(task));
      else watching.abort();
    }
  } catch (error) {
    expect(codeOf(error)).toBe(Code.Canceled);
  }
  expect(seen).toEqual([[], [task.taskId]]);
});

test("the next days: repeated violations stay attached, new ones wake, cleared ones stop standing and end nothing", async () => {
  const day = async (date: string) => {
    clock.set(new Date(`${date}T09:00:00Z`));
    return await runDay(monitoring);
  };
  const repeated = await taskOf(10);
  const cleared = await taskOf(11);
  const woken = must(await anna.snoozeTask({ ...etag(await taskOf(12)), until: later(30), reason: "known" }));
  const ended = must(await anna.claimTask(etag(await taskOf(13))));
  await anna.resolveTask({ ...etag(ended), outcome: TaskOutcome.FALSE_POSITIVE, note });

  const asOf = new Date("2026-11-23T09:00:00Z");
  for (const n of [10, 13]) tracking.facts.set(assetIdOf(n), silentFacts(assetIdOf(n), asOf, 6));
  tracking.facts.set(assetIdOf(11), assetFacts(assetIdOf(11), asOf));
  tracking.facts.set(assetIdOf(12), silentFacts(assetIdOf(12), asOf, 8));
  await day("2026-11-23");

  expect(await taskOf(10)).toMatchObject({ taskId: repeated.taskId, version: repeated.version });
  const again = (await anna.getTask({ taskId: repeated.taskId })).task?.violations[0];
  expect(again).toMatchObject({
    standing: true,
    lastBusinessDate: "2026-11-23",
    verdict: { businessDate: "2026-11-23" },
  });
  expect(again?.verdict?.evidence?.measured).toBeCloseTo(6, 5);
  expect(again?.firstViolatedAt).toEqual(repeated.violations[0]?.firstViolatedAt as never);

  const quiet = await taskOf(11);
  expect(quiet).toMatchObject({ taskId: cleared.taskId, state: TaskState.OPEN });
  expect(quiet.violations).toMatchObject([{ indicatorKey: "no_contact", standing: false }]);

  const awake = await taskOf(12);
  expect(awake).toMatchObject({ taskId: woken.taskId, state: TaskState.OPEN });
  expect(awake.violations.map((violation) => violation.indicatorKey).sort()).toEqual(["no_contact", "no_fix"]);

  const anew = await taskOf(13);
  expect(anew.taskId).not.toBe(ended.taskId);
  const { earlierTasks } = await anna.getTask({ taskId: anew.taskId });
  expect(earlierTasks.map((task) => task.taskId)).toEqual([ended.taskId]);
  expect(
    await anna.reopenTask({ ...etag(must(await anna.getTask({ taskId: ended.taskId }))), reason: "x" }).catch(codeOf),
  ).toBe(Code.FailedPrecondition);

  // A date that is made up for later says nothing new of what a newer run has seen.
  tracking.facts.set(assetIdOf(10), assetFacts(assetIdOf(10), now));
  await day("2026-11-23");
  const { run } = await monitoring.as("operator").runs.startRun({ businessDate: "2026-11-21" });
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(30_000));
  expect(run?.businessDate).toBe("2026-11-21");
  expect((await taskOf(10)).violations).toMatchObject([{ standing: true, lastBusinessDate: "2026-11-23" }]);
});

test("no asset ever has two tasks that are not ended", async () => {
  const doubled = await sql`
    select asset_id from task where state in ('open', 'in_progress', 'snoozed') group by asset_id having count(*) > 1`;
  expect([...doubled]).toEqual([]);
});

test("a violation soon after a resolution reopens the task where the policy says so", async () => {
  await using policy = await startMonitoring({ env: { MONITORING_REOPEN_WITHIN_DAYS: "7" } });
  await policy.applyAssets([assetSnapshot(1)]);
  policy.tracking.facts.set(assetIdOf(1), silentFacts(assetIdOf(1), now, 5));
  await runDay(policy);
  const { tasks } = policy.as("analyst", "anna");
  const [first] = (await tasks.listTasks({})).tasks;
  if (first === undefined) throw new Error("there is no task");
  const claimed = must(await tasks.claimTask(etag(first)));
  await tasks.resolveTask({ ...etag(claimed), outcome: TaskOutcome.FALSE_POSITIVE, note });
  const dates: [string, number, TaskState][] = [
    ["2026-11-24", 1, TaskState.OPEN],
    ["2026-12-20", 2, TaskState.OPEN],
  ];
  for (const [date, taskCount, state] of dates) {
    policy.clock.set(new Date(`${date}T09:00:00Z`));
    policy.tracking.facts.set(assetIdOf(1), silentFacts(assetIdOf(1), policy.clock.now(), 6));
    await runDay(policy);
    const { tasks: all } = await tasks.listTasks({ filter: { states: [TaskState.OPEN, TaskState.RESOLVED] } });
    expect(all).toHaveLength(taskCount);
    const active = all.find((task) => task.state === state);
    if (active === undefined) throw new Error(`no task is open on ${date}`);
    expect(active.taskId === first.taskId).toBe(date === "2026-11-24");
    const own = must(await tasks.claimTask(etag(active)));
    await tasks.resolveTask({ ...etag(own), outcome: TaskOutcome.FALSE_POSITIVE, note });
  }
});
