import {
  appendInbound,
  beginCall,
  type CallAttempt,
  direction,
  endCall,
  skipSuperseded,
} from "@dozor/integration/journal";
import { statement, type Tx } from "@dozor/runtime/database";

/** What was asked for and how much came. */
export type JournalledCall = {
  requestType: string;
  body: Record<string, unknown>;
  attempts: readonly CallAttempt[];
  error?: string;
};

/** Whole listings are one object: what a later call of its kind answered makes an earlier failure pointless. */
const polledObject = "poll";
const acknowledgement = "acknowledge";

/** Writes calls that were made to read a system, and answers the ids of their messages in the same order. */
export async function writeCalls(tx: Tx, source: string, calls: readonly JournalledCall[]): Promise<string[]> {
  const messages = calls.map((call) => ({ ...call, source, objectId: polledObject }));
  const ids = await appendInbound(tx, messages);
  // Also a newer failure takes the place of an older one, so that one stands for an outage.
  const newest = new Map(calls.map(({ requestType }, at) => [requestType, ids[at] ?? ""]));
  await skipSuperseded(
    tx,
    direction.inbound,
    source,
    [...newest].map(([requestType, recordId]) => ({ objectId: polledObject, requestType, recordId })),
  );
  return ids;
}

/** Writes an acknowledgement that is about to be made; `number` is that of the batch or message. */
export async function beginAcknowledgement(
  tx: Tx,
  source: string,
  { number, body }: { number: string; body: Record<string, unknown> },
): Promise<string> {
  return await beginCall(tx, {
    source,
    objectId: polledObject,
    requestType: acknowledgement,
    objectVersion: number,
    body,
  });
}

/** Acknowledgements of a process that died in their middle: whether the source heard them nobody knows. Whoever holds the source's lock may say so. */
export async function endInterruptedAcknowledgements(tx: Tx, source: string): Promise<void> {
  const open = await statement(
    "journal.list_interrupted",
    tx<{ id: string }[]>`
      select record_id as id from integration_message
      where direction = 2 and source = ${source} and object_id = ${polledObject} and request_type = ${acknowledgement} and request_state = 2
      order by counter limit 100`,
  );
  for (const { id } of open)
    await endCall(tx, id, { attempts: [], error: "the process ended in its middle, the outcome is unknown" });
}
