import { FindingResolution, FindingState } from "@dozor/proto/integration/v1/data_quality";
import { DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { Direction, type Message, MessageState } from "@dozor/proto/integration/v1/queue";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { EntityKind } from "@dozor/proto/registry/v1/entities";

// Wire values to the keys of the catalogues and of the address bar, exhaustive by type as in lib/enum-keys.ts; here, so that only these pages load them.

export const directionKeys = {
  [Direction.UNSPECIFIED]: undefined,
  [Direction.INBOUND]: "inbound",
  [Direction.OUTBOUND]: "outbound",
} as const satisfies Record<Direction, string | undefined>;

export const messageStateKeys = {
  [MessageState.UNSPECIFIED]: undefined,
  [MessageState.CREATED]: "created",
  [MessageState.RECEIVED]: "received",
  [MessageState.PROCESSED]: "processed",
  [MessageState.FAILED]: "failed",
} as const satisfies Record<MessageState, string | undefined>;

export const deadLetterStateKeys = {
  [DeadLetterState.UNSPECIFIED]: undefined,
  [DeadLetterState.OPEN]: "open",
  [DeadLetterState.RETRY]: "retry",
  [DeadLetterState.PROCESSED]: "processed",
  [DeadLetterState.DISCARDED]: "discarded",
} as const satisfies Record<DeadLetterState, string | undefined>;

export const hopStateKeys = {
  [HopState.UNSPECIFIED]: undefined,
  [HopState.EQUAL]: "equal",
  [HopState.BEHIND]: "behind",
  [HopState.MISSING]: "missing",
  [HopState.UNREACHABLE]: "unreachable",
  [HopState.DIFFERENT]: "different",
} as const satisfies Record<HopState, string | undefined>;

export const entityKindKeys = {
  [EntityKind.UNSPECIFIED]: undefined,
  [EntityKind.ASSET]: "asset",
  [EntityKind.CONTRACT]: "contract",
  [EntityKind.COUNTERPARTY]: "counterparty",
  [EntityKind.CONTACT]: "contact",
  [EntityKind.NOMENCLATURE]: "nomenclature",
} as const satisfies Record<EntityKind, string | undefined>;

export const findingStateKeys = {
  [FindingState.UNSPECIFIED]: undefined,
  [FindingState.OPEN]: "open",
  [FindingState.SETTLED]: "settled",
  [FindingState.GONE]: "gone",
} as const satisfies Record<FindingState, string | undefined>;

export const resolutionKeys = {
  [FindingResolution.UNSPECIFIED]: undefined,
  [FindingResolution.ACCEPTED]: "accepted",
  [FindingResolution.CORRECTED_AT_SOURCE]: "corrected",
  [FindingResolution.NOT_A_PROBLEM]: "notAProblem",
} as const satisfies Record<FindingResolution, string | undefined>;

/** A message that was given up stands failed for ever; people call it skipped. */
export function shownState({ requestState, skippedAt }: Pick<Message, "requestState" | "skippedAt">) {
  return skippedAt ? "skipped" : messageStateKeys[requestState];
}
