import { toBinary } from "@bufbuild/protobuf";
import { type Evidence, EvidenceSchema } from "@dozor/proto/monitoring/v1/verdict";
import type { Clock } from "@dozor/runtime/clock";
import type { Tx } from "@dozor/runtime/database";
import { metrics } from "@dozor/runtime/metrics";
import { nextTaskState, systemActor } from "../domain/task-machine.ts";
import { dayMs } from "../domain/timestamps.ts";
import type { StoredVersion } from "../store/indicator.ts";
import {
  insertTaskEvents,
  insertTasks,
  lockActiveTasks,
  lockResolvedTasks,
  type NewTask,
  type NewTaskEvent,
  type StoredTask,
  type TaskChange,
  updateTasks,
} from "../store/task.ts";
import {
  type AttachedViolation,
  listViolations,
  noteQuietViolations,
  type QuietedViolation,
  type StoredViolation,
  upsertViolations,
} from "../store/violation.ts";

export type FoundViolation = {
  assetId: string;
  version: StoredVersion;
  evidence: Evidence;
  regionCode: string;
  at: Date;
};
export type QuietVerdict = { assetId: string; indicatorId: string; isClear: boolean };
type AttachContext = { clock: Clock; config: { reopenWithinDays: number } };
type Run = { runId: string; businessDate: string };

const tasksCreatedCount = metrics.counter({
  name: "monitoring_tasks_created_total",
  help: "Tasks made, by the indicator that was violated first",
  labels: ["indicator"],
});

const bySystem = { actor: systemActor.subject, actorName: "" };

/**
 * Brings violations to the tasks of their assets: attached to the one that is not ended, else to one resolved lately where the policy says so, else to a
 * new one. A violation that is new to a snoozed task wakes it. Violations found clear stop standing; their tasks stay, for a person to end.
 */
export async function attachViolations(
  context: AttachContext,
  tx: Tx,
  run: Run,
  found: readonly FoundViolation[],
  quiet: readonly QuietVerdict[],
): Promise<void> {
  const at = context.clock.now();
  const assetIds = new Set([...found, ...quiet].map(({ assetId }) => assetId));
  const tasks = new Map((await lockActiveTasks(tx, [...assetIds])).map((task) => [task.assetId, task]));
  const attached = await attachedViolations(tx, [...tasks.values()]);
  const work: Work = { tasks: [], changes: new Map(), events: [], violations: [], quieted: [] };

  const byAsset = Map.groupBy(found, ({ assetId }) => assetId);
  const homeless = [...byAsset.keys()].filter((assetId) => !tasks.has(assetId));
  const reopened = await resolvedLately(context, tx, homeless, at);
  for (const [assetId, violations] of byAsset) {
    const task = tasks.get(assetId);
    const earlier = reopened.get(assetId);
    if (task !== undefined) attachTo(work, run, task, violations, attached.get(task.taskId) ?? new Map());
    else if (earlier !== undefined) reopen(work, run, earlier, violations);
    else open(work, run, assetId, violations, at);
  }
  for (const verdict of quiet) {
    const task = tasks.get(verdict.assetId);
    const violation = task === undefined ? undefined : attached.get(task.taskId)?.get(verdict.indicatorId);
    if (task !== undefined && violation !== undefined) quieten(work, run, task, violation, verdict.isClear);
  }
  await write(tx, work, run, at);
}

/** What the transaction will write, statement by statement instead of task by task. */
type Work = {
  tasks: NewTask[];
  changes: Map<string, TaskChange>;
  events: NewTaskEvent[];
  violations: AttachedViolation[];
  quieted: QuietedViolation[];
};

async function attachedViolations(tx: Tx, tasks: readonly StoredTask[]) {
  const all = await listViolations(
    tx,
    tasks.map((task) => task.taskId),
    { withEvidence: false },
  );
  const byTask = Map.groupBy(all, (violation) => violation.taskId);
  return new Map(
    [...byTask].map(([taskId, list]) => [taskId, new Map(list.map((violation) => [violation.indicatorId, violation]))]),
  );
}

async function resolvedLately({ config }: AttachContext, tx: Tx, assetIds: readonly string[], at: Date) {
  if (config.reopenWithinDays === 0 || assetIds.length === 0) return new Map<string, StoredTask>();
  const since = new Date(at.getTime() - config.reopenWithinDays * dayMs);
  return new Map((await lockResolvedTasks(tx, assetIds, since)).map((task) => [task.assetId, task]));
}

function attachTo(
  work: Work,
  run: Run,
  task: StoredTask,
  violations: readonly FoundViolation[],
  attached: ReadonlyMap<string, StoredViolation>,
): void {
  let change: TaskChange = task;
  for (const violation of violations) {
    const known = attached.get(violation.version.indicatorId);
    // A run of an earlier date, judged late, says nothing new of a violation that a later run has seen.
    if (known !== undefined && known.lastBusinessDate > run.businessDate) continue;
    work.violations.push(attachment(run, task.taskId, violation));
    if (known?.standing) {
      work.events.push(violationEvent("violation_repeated", task.taskId, change.state, change.state, violation));
      continue;
    }
    const woken = nextTaskState({ state: change.state, assignee: change.assignee ?? undefined }, "wake", systemActor);
    if (typeof woken === "string") {
      work.events.push({
        ...bySystem,
        taskId: task.taskId,
        type: "woken",
        stateBefore: change.state,
        stateAfter: woken,
      });
      change = { ...change, state: woken, snoozedUntil: null };
    }
    work.events.push(violationEvent("violation_attached", task.taskId, change.state, change.state, violation));
    change = {
      ...change,
      severity: Math.max(change.severity, severityOf(violation)),
      regionCode: violation.regionCode || change.regionCode,
    };
  }
  if (change !== task) work.changes.set(task.taskId, change);
}

function reopen(work: Work, run: Run, task: StoredTask, violations: readonly FoundViolation[]): void {
  work.events.push({ ...bySystem, taskId: task.taskId, type: "reopened", stateBefore: task.state, stateAfter: "open" });
  work.changes.set(task.taskId, {
    ...task,
    state: "open",
    assignee: null,
    assigneeName: null,
    outcome: null,
    severity: Math.max(task.severity, ...violations.map(severityOf)),
    regionCode: violations[0]?.regionCode || task.regionCode,
  });
  for (const violation of violations) {
    work.violations.push(attachment(run, task.taskId, violation));
    work.events.push(violationEvent("violation_attached", task.taskId, "open", "open", violation));
  }
}

function open(work: Work, run: Run, assetId: string, violations: readonly FoundViolation[], at: Date): void {
  const taskId = Bun.randomUUIDv7();
  work.tasks.push({
    taskId,
    assetId,
    severity: Math.max(...violations.map(severityOf)),
    regionCode: violations.find(({ regionCode }) => regionCode !== "")?.regionCode ?? "",
    createdOn: run.businessDate,
    createdAt: at,
  });
  work.events.push({ ...bySystem, taskId, type: "created", stateBefore: undefined, stateAfter: "open" });
  for (const violation of violations) {
    work.violations.push(attachment(run, taskId, violation));
    work.events.push(violationEvent("violation_attached", taskId, "open", "open", violation));
  }
  tasksCreatedCount.inc({ indicator: violations[0]?.version.key ?? "" });
}

function quieten(work: Work, run: Run, task: StoredTask, violation: StoredViolation, isClear: boolean): void {
  if (violation.lastBusinessDate > run.businessDate) return;
  const { taskId, indicatorId } = violation;
  const change = work.changes.get(taskId) ?? task;
  work.quieted.push({ taskId, indicatorId, standing: violation.standing && !isClear });
  if (!violation.standing || !isClear) return;
  work.events.push({
    ...bySystem,
    taskId,
    type: "violation_cleared",
    stateBefore: change.state,
    stateAfter: change.state,
    parameters: { indicator_key: violation.indicatorKey, business_date: run.businessDate },
  });
  work.changes.set(taskId, change);
}

/** Tasks before their violations and events, which refer to them. */
async function write(tx: Tx, work: Work, run: Run, at: Date): Promise<void> {
  if (work.tasks.length > 0) await insertTasks(tx, work.tasks);
  if (work.changes.size > 0) await updateTasks(tx, [...work.changes.values()], at);
  if (work.violations.length > 0) await upsertViolations(tx, work.violations);
  if (work.quieted.length > 0) await noteQuietViolations(tx, work.quieted, run.businessDate);
  if (work.events.length > 0) await insertTaskEvents(tx, work.events, at);
}

function attachment(run: Run, taskId: string, { version, evidence, at }: FoundViolation): AttachedViolation {
  return {
    taskId,
    indicatorId: version.indicatorId,
    indicatorKey: version.key,
    indicatorName: version.definition.name,
    indicatorVersion: version.version,
    severity: version.definition.severity,
    firstViolatedAt: at,
    runId: run.runId,
    businessDate: run.businessDate,
    evidence: toBinary(EvidenceSchema, evidence),
  };
}

function violationEvent(
  type: "violation_attached" | "violation_repeated",
  taskId: string,
  stateBefore: StoredTask["state"],
  stateAfter: StoredTask["state"],
  { version }: FoundViolation,
): NewTaskEvent {
  const parameters = { indicator_key: version.key, indicator_version: String(version.version) };
  return { ...bySystem, taskId, type, stateBefore, stateAfter, parameters };
}

function severityOf({ version }: FoundViolation): number {
  return version.definition.severity;
}
