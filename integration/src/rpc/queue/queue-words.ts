import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  Direction,
  type Message,
  type MessageFilter,
  MessageSchema,
  MessageState,
  type Pause,
  PauseSchema,
  type StateCountsSchema,
} from "@dozor/proto/integration/v1/queue";
import { invalidArgument } from "@dozor/runtime/errors";
import type { MessageDirection, QueueFilter, MessageState as StoredState } from "../../store/queue-filter.ts";
import type { QueueMessage, StateCounts } from "../../store/queue-messages.ts";
import type { QueuePause } from "../../store/queue-pauses.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The filter of a request; none matches everything that was not skipped. */
export function queueFilter(filter: MessageFilter | undefined): QueueFilter {
  const entityId = filter?.entityId ?? "";
  if (entityId !== "" && !uuid.test(entityId)) throw invalidArgument(`entity_id must be a UUID, not ${entityId}`);
  const since = dateOf(filter?.since);
  const until = dateOf(filter?.until);
  if (since !== undefined && until !== undefined && until <= since) throw invalidArgument("until is not after since");
  return {
    direction: storedDirection(filter?.direction),
    states: (filter?.states ?? []).flatMap((state) => storedStates[state] ?? []),
    source: filter?.source ?? "",
    requestType: filter?.requestType ?? "",
    objectId: filter?.objectId ?? "",
    entityId,
    since,
    until,
    errorContains: filter?.errorContains ?? "",
    fingerprint: filter?.fingerprint ?? "",
    includeSkipped: filter?.includeSkipped ?? false,
  };
}

const storedStates: Partial<Record<MessageState, StoredState>> = {
  [MessageState.CREATED]: 1,
  [MessageState.RECEIVED]: 2,
  [MessageState.PROCESSED]: 3,
  [MessageState.FAILED]: 4,
};
const directions: Record<MessageDirection, Direction> = { 1: Direction.INBOUND, 2: Direction.OUTBOUND };
const states: Record<StoredState, MessageState> = {
  1: MessageState.CREATED,
  2: MessageState.RECEIVED,
  3: MessageState.PROCESSED,
  4: MessageState.FAILED,
};

function storedDirection(direction: Direction | undefined): MessageDirection | undefined {
  if (direction === Direction.INBOUND) return 1;
  return direction === Direction.OUTBOUND ? 2 : undefined;
}

/** For requests that must name one. */
export function requiredDirection(direction: Direction): MessageDirection {
  const stored = storedDirection(direction);
  if (stored === undefined) throw invalidArgument("direction must be inbound or outbound");
  return stored;
}

export function messageOf(row: QueueMessage): Message {
  return create(MessageSchema, {
    recordId: row.recordId,
    direction: directions[row.direction],
    source: row.source,
    objectId: row.objectId,
    requestType: row.requestType,
    requestState: states[row.requestState],
    description: row.description,
    dateTime: timestampFromDate(row.dateTime),
    dateTimeUpdate: timestampFromDate(row.dateTimeUpdate),
    counter: BigInt(row.counter),
    attemptCount: row.attemptCount,
    fingerprint: row.fingerprint,
    skippedBy: row.skippedBy,
    skipReason: row.skipReason,
    objectVersion: row.objectVersion,
    entityId: row.entityId ?? "",
    traceparent: row.traceparent ?? "",
    etag: String(row.version),
    ...(row.nextAttemptAt === null ? {} : { nextAttemptAt: timestampFromDate(row.nextAttemptAt) }),
    ...(row.skippedAt === null ? {} : { skippedAt: timestampFromDate(row.skippedAt) }),
  });
}

export function countsOf(counts: StateCounts): MessageInitShape<typeof StateCountsSchema> {
  return {
    created: BigInt(counts.created),
    received: BigInt(counts.received),
    processed: BigInt(counts.processed),
    failed: BigInt(counts.failed),
    skipped: BigInt(counts.skipped),
  };
}

export function pauseOf(row: QueuePause): Pause {
  return create(PauseSchema, {
    source: row.source,
    direction: directions[row.direction],
    objectId: row.objectId,
    pausedBy: row.pausedBy,
    pausedAt: timestampFromDate(row.pausedAt),
    reason: row.reason,
  });
}

function dateOf(timestamp: Timestamp | undefined): Date | undefined {
  return timestamp === undefined ? undefined : timestampDate(timestamp);
}
