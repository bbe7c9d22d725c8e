import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  TaskOutcome,
  type TaskSchema,
  TaskState,
  TaskTransition,
  type TaskViolationSchema,
} from "@dozor/proto/monitoring/v1/task";
import { EvidenceSchema, VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { Principal } from "@dozor/runtime/auth";
import type { Queryable } from "@dozor/runtime/database";
import { allowedTransitions, type TaskState as StateName } from "../../domain/task-machine.ts";
import { readPayloads } from "../../store/asset.ts";
import type { StoredTask } from "../../store/task.ts";
import { listViolations, type StoredViolation } from "../../store/violation.ts";

export const stateValues = {
  open: TaskState.OPEN,
  in_progress: TaskState.IN_PROGRESS,
  snoozed: TaskState.SNOOZED,
  resolved: TaskState.RESOLVED,
  closed: TaskState.CLOSED,
} as const satisfies Record<StateName, TaskState>;
const outcomeValues = {
  confirmed_risk: TaskOutcome.CONFIRMED_RISK,
  false_positive: TaskOutcome.FALSE_POSITIVE,
  not_actionable: TaskOutcome.NOT_ACTIONABLE,
} as const;
const transitionValues = {
  claim: TaskTransition.CLAIM,
  assign: TaskTransition.ASSIGN,
  release: TaskTransition.RELEASE,
  snooze: TaskTransition.SNOOZE,
  resolve: TaskTransition.RESOLVE,
  reopen: TaskTransition.REOPEN,
  close: TaskTransition.CLOSE,
  wake: TaskTransition.WAKE,
} as const;

type TaskInit = MessageInitShape<typeof TaskSchema>;

/** Tasks as the caller sees them: with their assets as they are now, their violations, and what this caller may do. */
export async function taskMessages(
  sql: Queryable,
  tasks: readonly StoredTask[],
  caller: Principal,
  { withEvidence }: { withEvidence: boolean },
): Promise<TaskInit[]> {
  const payloads = await readPayloads(sql, [...new Set(tasks.map((task) => task.assetId))]);
  const violations = await listViolations(
    sql,
    tasks.map((task) => task.taskId),
    { withEvidence },
  );
  const byTask = Map.groupBy(violations, (violation) => violation.taskId);
  return tasks.map((task) => {
    const payload = payloads.get(task.assetId);
    return {
      ...ownFields(task),
      ...(payload === undefined ? {} : { asset: fromBinary(AssetSnapshotSchema, payload) }),
      violations: (byTask.get(task.taskId) ?? []).map((violation) => violationMessage(task, violation)),
      allowedTransitions: allowedTransitions({ state: task.state, assignee: task.assignee ?? undefined }, caller).map(
        (transition) => transitionValues[transition],
      ),
    };
  });
}

export async function taskMessage(sql: Queryable, task: StoredTask, caller: Principal): Promise<TaskInit> {
  const [message] = await taskMessages(sql, [task], caller, { withEvidence: true });
  return message ?? {};
}

function ownFields(task: StoredTask) {
  return {
    taskId: task.taskId,
    number: BigInt(task.number),
    state: stateValues[task.state],
    version: BigInt(task.version),
    assetId: task.assetId,
    severity: task.severity,
    assignee: task.assignee ?? "",
    assigneeName: task.assigneeName ?? "",
    ...(task.snoozedUntil === null ? {} : { snoozedUntil: timestampFromDate(task.snoozedUntil) }),
    ...(task.outcome === null ? {} : { outcome: outcomeValues[task.outcome] }),
    createdAt: timestampFromDate(task.createdAt),
    updatedAt: timestampFromDate(task.updatedAt),
    regionCode: task.regionCode,
  };
}

function violationMessage(task: StoredTask, violation: StoredViolation): MessageInitShape<typeof TaskViolationSchema> {
  return {
    indicatorId: violation.indicatorId,
    indicatorKey: violation.indicatorKey,
    indicatorName: violation.indicatorName,
    severity: violation.severity,
    firstViolatedAt: timestampFromDate(violation.firstViolatedAt),
    verdict: {
      runId: violation.runId,
      businessDate: violation.businessDate,
      indicatorId: violation.indicatorId,
      indicatorKey: violation.indicatorKey,
      indicatorVersion: violation.indicatorVersion,
      assetId: task.assetId,
      result: VerdictResult.VIOLATED,
      ...(violation.evidence === undefined ? {} : { evidence: fromBinary(EvidenceSchema, violation.evidence) }),
    },
    standing: violation.standing,
    lastBusinessDate: violation.lastBusinessDate,
  };
}
