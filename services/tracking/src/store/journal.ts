import { appendInbound, direction, skipSuperseded, supersededBy } from "@dozor/integration/journal";
import { appendPollCalls, polledObject } from "@dozor/integration/poll-calls";
import { type Database, statement, type Tx } from "@dozor/runtime/database";
import type { ItemKind, ProviderCall, RefusedItem } from "../domain/provider-report.ts";

/** Writes a call of a provider with its attempts, and answers the id of its message. */
export async function writeCall(database: Database, provider: string, call: ProviderCall): Promise<string> {
  const [recordId = ""] = await database.transaction("journal.call", (tx) => appendPollCalls(tx, provider, [call]));
  return recordId;
}

/** The newest call of a provider that failed and was not followed by one that succeeded. */
export async function newestFailedCall(
  tx: Tx,
  provider: string,
): Promise<{ recordId: string; requestType: string } | undefined> {
  const [row] = await statement(
    "journal.newest_failed_call",
    tx<{ recordId: string; requestType: string }[]>`
      select record_id as "recordId", request_type as "requestType" from integration_message
      where direction = 1 and source = ${provider} and object_id = ${polledObject} and request_state = 4 and skipped_at is null
      order by counter desc limit 1`,
  );
  return row;
}

/** What the journal keeps of a refused item: enough to read it again. */
export type RefusedBody = { kind: ItemKind; raw: string; isWhole: boolean; isKept: boolean };

/** undefined when the message is of something else, such as a call. */
export async function readRefusedBody(tx: Tx, recordId: string): Promise<RefusedBody | undefined> {
  const [row] = await statement(
    "journal.read_refused",
    tx<RefusedBody[]>`
      select body ->> 'kind' as kind, body ->> 'raw' as raw, (body ->> 'isWhole')::boolean as "isWhole",
        (body ->> 'isKept')::boolean as "isKept"
      from integration_message where record_id = ${recordId} and request_type in ('device', 'contact', 'zone')`,
  );
  return row;
}

/** Writes refused items, and answers the ids of their messages in the same order. */
export async function writeRefused(
  tx: Tx,
  provider: string,
  kind: ItemKind,
  items: readonly RefusedItem[],
): Promise<string[]> {
  return await appendInbound(
    tx,
    items.map(({ externalId, reason, raw, isWhole, isKept }) => ({
      source: provider,
      objectId: externalId,
      requestType: kind,
      body: { kind, raw, isWhole, isKept } satisfies RefusedBody,
      error: reason,
    })),
  );
}

/** Which of these messages are over: taken in, or superseded by something newer. Somebody's own skip stands. */
export async function listSettledRefusals(tx: Tx, recordIds: readonly string[]): Promise<Set<string>> {
  if (recordIds.length === 0) return new Set();
  const rows = await statement(
    "journal.list_settled",
    tx<{ recordId: string }[]>`
      select record_id as "recordId" from integration_message
      where record_id = any(${[...recordIds]}::uuid[]) and (request_state = 3 or skipped_by = ${supersededBy})`,
  );
  return new Set(rows.map(({ recordId }) => recordId));
}

/** The provider now sends these items in a form we can use: what was refused of them before is history. */
export async function supersedeRefused(
  tx: Tx,
  provider: string,
  kind: ItemKind,
  acceptedIds: readonly string[],
  callId: string,
): Promise<void> {
  const open = await statement(
    "journal.list_refused",
    tx<{ objectId: string }[]>`
      select distinct object_id as "objectId" from integration_message
      where direction = 1 and source = ${provider} and request_type = ${kind} and request_state = 4 and skipped_at is null
        and object_id = any(${[...acceptedIds]}::text[])`,
  );
  const accepted = open.map(({ objectId }) => ({ objectId, requestType: kind, recordId: callId }));
  await skipSuperseded(tx, direction.inbound, provider, accepted);
}
