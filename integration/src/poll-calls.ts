import type { Tx } from "@dozor/runtime/database";
import { appendInbound, type CallAttempt, direction, skipSuperseded } from "./journal.ts";

/** A call made to read an outside system: what was asked for and how much came. */
export type PollCall = {
  requestType: string;
  body: Record<string, unknown>;
  attempts: readonly CallAttempt[];
  error?: string;
};

/** The object of such calls: whole listings are one, so that a later call of a type makes an earlier failure of it pointless. */
export const polledObject = "poll";

/**
 * Writes calls, and answers the ids of their messages in the same order. Also a newer failure takes the place of an older one of its type, so that one
 * stands for an outage.
 */
export async function appendPollCalls(tx: Tx, source: string, calls: readonly PollCall[]): Promise<string[]> {
  const ids = await appendInbound(
    tx,
    calls.map((call) => ({ ...call, source, objectId: polledObject })),
  );
  const newest = new Map(calls.map(({ requestType }, at) => [requestType, ids[at] ?? ""]));
  const taken = [...newest].map(([requestType, recordId]) => ({ objectId: polledObject, requestType, recordId }));
  await skipSuperseded(tx, direction.inbound, source, taken);
  return ids;
}
