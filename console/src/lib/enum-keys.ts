import { PartyState } from "@dozor/proto/monitoring/v1/condition";
import { Severity } from "@dozor/proto/monitoring/v1/indicator";
import { Dimension } from "@dozor/proto/monitoring/v1/report";
import { RunState } from "@dozor/proto/monitoring/v1/run";
import { TaskOutcome, TaskState, TaskTransition } from "@dozor/proto/monitoring/v1/task";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { FixSource } from "@dozor/proto/tracking/v1/facts";

/*
 * Wire values to the keys of the catalogues and of the address bar. Exhaustive by type: a value that a contract gains
 * does not compile until it has a word. Unspecified is what a newer server may send; it is shown as a dash.
 */

export const severityKeys = {
  [Severity.UNSPECIFIED]: undefined,
  [Severity.LOW]: "low",
  [Severity.MEDIUM]: "medium",
  [Severity.HIGH]: "high",
} as const satisfies Record<Severity, string | undefined>;

export const taskStateKeys = {
  [TaskState.UNSPECIFIED]: undefined,
  [TaskState.OPEN]: "open",
  [TaskState.IN_PROGRESS]: "in_progress",
  [TaskState.SNOOZED]: "snoozed",
  [TaskState.RESOLVED]: "resolved",
  [TaskState.CLOSED]: "closed",
} as const satisfies Record<TaskState, string | undefined>;

export const outcomeKeys = {
  [TaskOutcome.UNSPECIFIED]: undefined,
  [TaskOutcome.CONFIRMED_RISK]: "confirmed_risk",
  [TaskOutcome.FALSE_POSITIVE]: "false_positive",
  [TaskOutcome.NOT_ACTIONABLE]: "not_actionable",
} as const satisfies Record<TaskOutcome, string | undefined>;

/** What a person may do; waking is the system's. */
export const transitionKeys = {
  [TaskTransition.UNSPECIFIED]: undefined,
  [TaskTransition.CLAIM]: "claim",
  [TaskTransition.ASSIGN]: "assign",
  [TaskTransition.RELEASE]: "release",
  [TaskTransition.SNOOZE]: "snooze",
  [TaskTransition.RESOLVE]: "resolve",
  [TaskTransition.REOPEN]: "reopen",
  [TaskTransition.CLOSE]: "close",
  [TaskTransition.WAKE]: undefined,
} as const satisfies Record<TaskTransition, string | undefined>;
export type TransitionKey = NonNullable<(typeof transitionKeys)[TaskTransition]>;

export const assetKindKeys = {
  [NomenclatureKind.UNSPECIFIED]: undefined,
  [NomenclatureKind.PASSENGER_CAR]: "passenger_car",
  [NomenclatureKind.TRUCK]: "truck",
  [NomenclatureKind.BUS]: "bus",
  [NomenclatureKind.TRAILER]: "trailer",
  [NomenclatureKind.SPECIAL_MACHINE]: "special_machine",
  [NomenclatureKind.MOTORCYCLE]: "motorcycle",
  [NomenclatureKind.SHIP]: "ship",
  [NomenclatureKind.FURNITURE]: "furniture",
  [NomenclatureKind.EQUIPMENT]: "equipment",
  [NomenclatureKind.OTHER]: "other",
} as const satisfies Record<NomenclatureKind, string | undefined>;

export const contractStatusKeys = {
  [ContractStatus.UNSPECIFIED]: undefined,
  [ContractStatus.DRAFT]: "draft",
  [ContractStatus.ACTIVE]: "active",
  [ContractStatus.SUSPENDED]: "suspended",
  [ContractStatus.COMPLETED]: "completed",
  [ContractStatus.TERMINATED]: "terminated",
} as const satisfies Record<ContractStatus, string | undefined>;

export const fixSourceKeys = {
  [FixSource.UNSPECIFIED]: undefined,
  [FixSource.GNSS]: "gnss",
  [FixSource.LBS]: "lbs",
  [FixSource.WIFI]: "wifi",
} as const satisfies Record<FixSource, string | undefined>;

export const runStateKeys = {
  [RunState.UNSPECIFIED]: undefined,
  [RunState.PLANNING]: "planning",
  [RunState.CHECKING]: "checking",
  [RunState.COMPLETED]: "completed",
  [RunState.CANCELLED]: "cancelled",
} as const satisfies Record<RunState, string | undefined>;

export const partyStateKeys = {
  [PartyState.UNSPECIFIED]: undefined,
  [PartyState.DISSOLVED]: "dissolved",
  [PartyState.DISSOLVING]: "dissolving",
  [PartyState.REORGANIZING]: "reorganizing",
  [PartyState.BANKRUPTING]: "bankrupting",
} as const satisfies Record<PartyState, string | undefined>;

/** Dimensions that the summary has a tab for; the total stands above them all. */
export const dimensionKeys = {
  [Dimension.UNSPECIFIED]: undefined,
  [Dimension.TOTAL]: undefined,
  [Dimension.INDICATOR]: "indicator",
  [Dimension.REGION]: "region",
  [Dimension.KIND]: "kind",
  [Dimension.LESSOR]: "lessor",
  [Dimension.LESSEE]: "lessee",
  [Dimension.TASK_STATE]: "task_state",
  [Dimension.ASSIGNEE]: "assignee",
  [Dimension.AGE]: "age",
  [Dimension.WATCH_REASON]: "watch_reason",
} as const satisfies Record<Dimension, string | undefined>;
export type DimensionKey = NonNullable<(typeof dimensionKeys)[Dimension]>;
