// The journal of every exchange with an outside system. Everything here works in the caller's transaction: a message is in the journal if and only if what
// it says was done. Promised: secrets are masked, texts are bounded, messages of one lane get their counters in the order of their commits. Not promised:
// that a body is complete; callers bound what they put into it.

import { statement, type Tx, timesArray } from "@dozor/runtime/database";
import { traceparent } from "@dozor/runtime/telemetry";
import { fingerprintOf } from "./fingerprint.ts";
import { maskedJson, maskedText } from "./mask-secrets.ts";

/** As in the database and in `dozor.integration.v1`. */
export const direction = { inbound: 1, outbound: 2 } as const;
export const messageState = { created: 1, received: 2, processed: 3, failed: 4 } as const;

/** Who skips what a newer message of the same object made pointless. */
export const supersededBy = "dozor";

const rowsMax = 1_000;
const textMax = 4_000;

/** One call as it was made. `status` is that of HTTP or SMTP, absent when no answer came; `error` is absent when it succeeded. */
export type CallAttempt = {
  startedAt: Date;
  durationMs: number;
  status?: number;
  error?: string;
  excerpt?: string;
};

type Said = {
  /** UUID; made when absent. */
  recordId?: string;
  /** The outside system by its configured name. */
  source: string;
  /** The object it is about; with the source it names the lane. At most 300 characters are kept. */
  objectId: string;
  requestType: string;
  /** As the sender names it. */
  objectVersion?: string;
  /** Entity of ours, UUID. */
  entityId?: string;
  /** Anything JSON can say, well below a megabyte. */
  body: unknown;
};

/** What came from outside, with what became of it. */
export type InboundMessage = Said & {
  /** Why it was refused; absent when it was taken in. */
  error?: string;
  /** Calls that were made to get it. */
  attempts?: readonly CallAttempt[];
};

/** What is to be delivered. */
export type OutboundMessage = Said;

/** Writes what came in, in its final state: processed, or failed when there is an error. Answers the record ids in the same order. */
export async function appendInbound(tx: Tx, messages: readonly InboundMessage[]): Promise<string[]> {
  const rows = messages.map((message) => ({
    ...rowOf(message),
    error: maskedText(message.error ?? "").slice(0, textMax),
  }));
  for (let from = 0; from < rows.length; from += rowsMax) {
    await insertMessages(
      tx,
      direction.inbound,
      rows.slice(from, from + rowsMax).map((row) => ({
        ...row,
        state: row.error === "" ? messageState.processed : messageState.failed,
        attempts: row.said.attempts?.length ?? 0,
      })),
    );
  }
  await insertAttempts(
    tx,
    rows.flatMap(({ recordId, said }) =>
      (said.attempts ?? []).map((attempt, index) => ({ ...attempt, recordId, number: index + 1 })),
    ),
  );
  return rows.map(({ recordId }) => recordId);
}

/**
 * Writes what is to be delivered; delivery takes it from there. The lane of each object is held until the transaction ends, so that its messages are
 * delivered in the order of their commits. Answers the record ids in the same order.
 */
export async function appendOutbound(tx: Tx, messages: readonly OutboundMessage[]): Promise<string[]> {
  if (messages.length === 0) return [];
  const rows = messages.map(rowOf);
  for (let from = 0; from < rows.length; from += rowsMax) {
    const part = rows.slice(from, from + rowsMax);
    await holdLanes(tx, part);
    await insertMessages(
      tx,
      direction.outbound,
      part.map((row) => ({ ...row, error: "", state: messageState.created, attempts: 0 })),
    );
  }
  return rows.map(({ recordId }) => recordId);
}

/**
 * Writes a call that the caller is about to make by itself, such as an acknowledgement, with its first attempt: a process that dies in its middle leaves an
 * attempt whose outcome nobody knows. It is never delivered from here. Answers the record id for `endCall`.
 */
export async function beginCall(tx: Tx, call: OutboundMessage): Promise<string> {
  const row = rowOf(call);
  await insertMessages(tx, direction.outbound, [{ ...row, error: "", state: messageState.received, attempts: 1 }]);
  await statement(
    "integration_attempt.begin",
    tx`insert into integration_attempt (record_id, number) values (${row.recordId}, 1)`,
  );
  return row.recordId;
}

/** Says what became of a call: its attempts replace the one it was begun with. A successful one makes older failures of the same lane and type pointless. */
export async function endCall(
  tx: Tx,
  recordId: string,
  { attempts, error = "" }: { attempts: readonly CallAttempt[]; error?: string },
): Promise<void> {
  const text = maskedText(error).slice(0, textMax);
  const [ended] = await statement(
    "integration_message.end_call",
    tx<{ source: string; objectId: string; requestType: string }[]>`
      update integration_message set request_state = ${text === "" ? messageState.processed : messageState.failed},
        description = ${text}, fingerprint = ${fingerprintOf(text)}, attempts = ${Math.max(1, attempts.length)},
        failures = failures + ${text === "" ? 0 : 1}
      where record_id = ${recordId} and request_state = ${messageState.received}
      returning source, object_id as "objectId", request_type as "requestType"`,
  );
  if (ended === undefined) return;
  await insertAttempts(
    tx,
    attempts.map((attempt, index) => ({ ...attempt, recordId, number: index + 1 })),
  );
  if (text === "") await skipSuperseded(tx, direction.outbound, ended.source, [{ ...ended, recordId }]);
}

/**
 * Gives up older failed messages of the same source, object and type, with the reason that this one supersedes them. Answers how many. Only for lanes that
 * nobody delivers: what was received, and calls that are repeated by themselves.
 */
export async function skipSuperseded(
  tx: Tx,
  way: (typeof direction)[keyof typeof direction],
  source: string,
  accepted: readonly { objectId: string; requestType: string; recordId: string }[],
): Promise<number> {
  if (accepted.length === 0) return 0;
  const skipped = await statement(
    "integration_message.supersede",
    tx`
      update integration_message m set skipped_at = clock_timestamp(), skipped_by = ${supersededBy},
        skip_reason = 'superseded by ' || given.record_id
      from unnest(
        ${accepted.map(({ objectId }) => objectId.slice(0, 300))}::text[],
        ${accepted.map(({ requestType }) => requestType.slice(0, 200))}::text[],
        ${accepted.map(({ recordId }) => recordId)}::text[]
      ) as given (object_id, request_type, record_id)
      where ${way === direction.inbound ? tx`m.direction = 1` : tx`m.direction = 2`} and m.source = ${source}
        and m.object_id = given.object_id and m.request_type = given.request_type and m.request_state = 4 and m.skipped_at is null
        and m.record_id::text <> given.record_id`,
  );
  return skipped.count;
}

type Row<M extends Said> = { recordId: string; said: M };
type WrittenRow = Row<Said> & { error: string; state: number; attempts: number };

function rowOf<M extends Said>(said: M): Row<M> {
  return { recordId: said.recordId ?? Bun.randomUUIDv7(), said };
}

async function insertMessages(tx: Tx, way: number, rows: readonly WrittenRow[]): Promise<void> {
  const parent = traceparent() ?? null;
  await statement(
    "integration_message.append",
    tx`
      insert into integration_message
        (record_id, direction, source, object_id, request_type, object_version, entity_id, body, request_state, description, fingerprint,
          attempts, failures, traceparent)
      select record_id, ${way}, source, object_id, request_type, object_version, entity_id, body::jsonb, request_state, description,
        fingerprint, attempts, (request_state = 4)::integer, ${parent}
      from unnest(
        ${rows.map(({ recordId }) => recordId)}::uuid[],
        ${rows.map(({ said }) => said.source)}::text[],
        ${rows.map(({ said }) => said.objectId.slice(0, 300))}::text[],
        ${rows.map(({ said }) => said.requestType.slice(0, 200))}::text[],
        ${rows.map(({ said }) => (said.objectVersion ?? "").slice(0, 300))}::text[],
        ${rows.map(({ said }) => said.entityId ?? null)}::uuid[],
        ${rows.map(({ said }) => maskedJson(said.body))}::text[],
        ${rows.map(({ state }) => state)}::smallint[],
        ${rows.map(({ error }) => error)}::text[],
        ${rows.map(({ error }) => fingerprintOf(error))}::text[],
        ${rows.map(({ attempts }) => attempts)}::integer[]
      ) with ordinality as given (record_id, source, object_id, request_type, object_version, entity_id, body, request_state, description,
        fingerprint, attempts, number)
      order by number`,
  );
}

/** Sorted, so that two writers never wait for each other in a circle. A lane that is there keeps its first message. */
async function holdLanes(tx: Tx, rows: readonly Row<Said>[]): Promise<void> {
  const heads = new Map<string, { source: string; objectId: string; recordId: string }>();
  for (const { recordId, said } of rows) {
    const objectId = said.objectId.slice(0, 300);
    const key = `${said.source}\n${objectId}`;
    if (!heads.has(key)) heads.set(key, { source: said.source, objectId, recordId });
  }
  const ordered = [...heads.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, head]) => head);
  await statement(
    "integration_lane.hold",
    tx`
      insert into integration_lane as known (source, object_id, head_record_id)
      select source, object_id, head_record_id from unnest(
        ${ordered.map(({ source }) => source)}::text[],
        ${ordered.map(({ objectId }) => objectId)}::text[],
        ${ordered.map(({ recordId }) => recordId)}::uuid[]
      ) with ordinality as given (source, object_id, head_record_id, number)
      order by number
      on conflict (source, object_id) do update set head_record_id = known.head_record_id`,
  );
}

async function insertAttempts(
  tx: Tx,
  attempts: readonly (CallAttempt & { recordId: string; number: number })[],
): Promise<void> {
  if (attempts.length === 0) return;
  await statement(
    "integration_attempt.append",
    tx`
      insert into integration_attempt (record_id, number, started_at, duration_ms, status, error, response_excerpt)
      select * from unnest(
        ${attempts.map(({ recordId }) => recordId)}::uuid[],
        ${attempts.map(({ number }) => number)}::integer[],
        ${timesArray(
          tx,
          attempts.map(({ startedAt }) => startedAt),
        )}::timestamptz[],
        ${attempts.map(({ durationMs }) => Math.round(durationMs))}::integer[],
        ${attempts.map(({ status }) => status ?? null)}::integer[],
        ${attempts.map(({ error }) => (error === undefined ? null : maskedText(error).slice(0, textMax)))}::text[],
        ${attempts.map(({ excerpt }) => maskedText(excerpt ?? "").slice(0, textMax))}::text[]
      )
      on conflict (record_id, number) do update set started_at = excluded.started_at, duration_ms = excluded.duration_ms,
        status = excluded.status, error = excluded.error, response_excerpt = excluded.response_excerpt`,
  );
}
