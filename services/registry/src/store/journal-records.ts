import { appendInbound, direction, type InboundMessage, skipSuperseded } from "@dozor/integration/journal";
import type { Tx } from "@dozor/runtime/database";
import { refusalText } from "../domain/reading.ts";
import type { RefusedRecord } from "./quarantine.ts";
import type { ReadRecord } from "./read-batch.ts";

export type RecordsToTell = {
  /** All of a batch, in the order in which they came. */
  records: readonly ReadRecord[];
  /** Ids of the entities of which something new was said. */
  told: ReadonlySet<string>;
  refused: readonly (RefusedRecord & { journalRecordId: string })[];
  /** What is taken in by now: what was refused of it before needs nobody any more. */
  accepted: readonly { type: string; externalId: string }[];
};

const rawTextMax = 16_384;

/** Writes what a batch said into the journal, and gives up older refusals of what was accepted. */
export async function journalRecords(
  tx: Tx,
  source: string,
  { records, told, refused, accepted }: RecordsToTell,
): Promise<void> {
  const refusedIds = new Map(refused.map((each) => [each.record, each]));
  const messages = records.flatMap(({ record, reading }): InboundMessage[] => {
    const said = { source, requestType: record.type, objectVersion: record.sourceVersion };
    const news = refusedIds.get(record);
    if (news !== undefined) return [refusalOf(source, news)];
    if (reading.result !== "entity" && reading.result !== "removal") return [];
    const { id, externalId, sourceVersion } = reading.result === "entity" ? reading.entity : reading.removal;
    if (!told.has(id)) return [];
    const body = "attributes" in record ? record.attributes : {};
    return [{ ...said, objectVersion: sourceVersion, objectId: externalId, entityId: id, body }];
  });
  const ids = await appendInbound(tx, messages);
  const newest = new Map(messages.map(({ requestType, objectId }, at) => [`${requestType}\n${objectId}`, ids[at]]));
  await skipSuperseded(
    tx,
    direction.inbound,
    source,
    accepted.map(({ type, externalId }) => ({
      objectId: externalId,
      requestType: type,
      recordId: newest.get(`${type}\n${externalId}`) ?? "a record that was known already",
    })),
  );
}

function refusalOf(
  source: string,
  { record, externalId, reasons, journalRecordId }: RefusedRecord & { journalRecordId: string },
): InboundMessage {
  return {
    recordId: journalRecordId,
    source,
    objectId: externalId,
    requestType: record.type,
    objectVersion: record.sourceVersion,
    body:
      "attributes" in record
        ? record.attributes
        : {
            raw: new TextDecoder().decode(record.raw.subarray(0, rawTextMax)),
            isWhole: record.raw.byteLength <= rawTextMax,
          },
    error: refusalText(reasons),
  };
}
