import { beginCall, endCall } from "@dozor/integration/journal";
import { polledObject } from "@dozor/integration/poll-calls";
import { statement, type Tx } from "@dozor/runtime/database";

const acknowledgement = "acknowledge";

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
