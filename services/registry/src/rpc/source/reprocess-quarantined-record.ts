import type { ServiceImpl } from "@connectrpc/connect";
import { messageState, supersededBy } from "@dozor/integration/journal";
import { beginRereading, endRereading, lockQueueMessage, skipMessage } from "@dozor/integration/store/queue-retry";
import { QuarantineState, type SourceService } from "@dozor/proto/registry/v1/source";
import type { Queryable, Tx } from "@dozor/runtime/database";
import { failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { RegistryContext } from "../../context.ts";
import type { EntityName } from "../../domain/entities.ts";
import type { Json } from "../../domain/json.ts";
import { jsonChanges } from "../../domain/json-changes.ts";
import { type Reason, refusalText } from "../../domain/reading.ts";
import { readEntitiesAsJson } from "../../intake/entity-json.ts";
import { takeInRecords } from "../../intake/take-in-records.ts";
import { acceptQuarantined, getQuarantined, supersedeOlderQuarantined } from "../../store/quarantine.ts";
import { rereadQuarantined } from "./reread-quarantined.ts";

type Outcome = {
  accepted: boolean;
  reasons: Reason[];
  beforeJson: string;
  afterJson: string;
  changes: { path: string; before: string; after: string }[];
};

/** Carries the outcome of a dry run out of the transaction that it undoes. */
class DryRun extends Error {
  constructor(readonly outcome: Outcome) {
    super("dry run");
  }
}

export const reprocessQuarantinedRecord =
  (context: RegistryContext): ServiceImpl<typeof SourceService>["reprocessQuarantinedRecord"] =>
  async ({ id, dryRun }) => {
    try {
      return await context.database.transaction("quarantine.reprocess", async (tx) => {
        const outcome = await settledInJournal(tx, id, () => reprocess(tx, context, id));
        if (dryRun) throw new DryRun(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof DryRun) return error.outcome;
      throw error;
    }
  };

/** The message that told of the refusal tells what became of it now. */
async function settledInJournal(tx: Tx, id: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const kept = await getQuarantined(tx, id);
  const message = kept && (await lockQueueMessage(tx, kept.journalRecordId));
  if (message === undefined || message.requestState !== messageState.failed || message.skippedAt !== null)
    return await work();
  const startedAt = new Date();
  const startedMs = performance.now();
  await beginRereading(tx, message);
  const outcome = await work();
  const error = outcome.accepted ? "" : refusalText(outcome.reasons);
  await endRereading(tx, message, { error, startedAt, durationMs: performance.now() - startedMs });
  return outcome;
}

/** Reads a quarantined record again by today's rules and, when it is accepted now, saves it. */
export async function reprocess(
  tx: Tx,
  context: Pick<RegistryContext, "sources" | "receivers" | "clock">,
  id: string,
): Promise<Outcome> {
  const kept = await getQuarantined(tx, id, { lock: true });
  if (kept === undefined) throw notFound("quarantined record", id);
  if (kept.state !== QuarantineState.OPEN) throw failedPrecondition(`quarantined record ${id} was settled already`);
  const rereading = await rereadQuarantined(context, kept);
  if (rereading === undefined) throw failedPrecondition(`source ${kept.source} is not configured any more`);
  if (!rereading.accepted)
    return { accepted: false, reasons: rereading.reasons, beforeJson: "", afterJson: "", changes: [] };
  const { read, target } = rereading;
  const beforeJson = await entityJson(tx, target.entity, target.id);
  await takeInRecords(tx, context, kept.source, read, { isReread: true });
  await giveUpOlder(tx, kept);
  await acceptQuarantined(tx, id);
  const afterJson = await entityJson(tx, target.entity, target.id);
  return { accepted: true, reasons: [], beforeJson, afterJson, changes: changesBetween(beforeJson, afterJson) };
}

/** What was refused before it needs nobody any more; what was refused after it is newer, and still to be read. */
async function giveUpOlder(tx: Tx, { id, journalRecordId }: { id: string; journalRecordId: string }): Promise<void> {
  for (const messageId of await supersedeOlderQuarantined(tx, id)) {
    const message = await lockQueueMessage(tx, messageId);
    if (message === undefined || message.requestState !== messageState.failed) continue;
    await skipMessage(tx, message, { actor: supersededBy, reason: `superseded by ${journalRecordId}` });
  }
}

/** The raw record is told whole by GetQuarantinedRecord; here it would only repeat every attribute under another name. */
const rawRecord = "header.rawJson";

function changesBetween(beforeJson: string, afterJson: string): Outcome["changes"] {
  const parse = (text: string): Json => (text === "" ? {} : JSON.parse(text));
  const textOf = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value));
  return jsonChanges(parse(beforeJson), parse(afterJson))
    .filter(({ path }) => path !== rawRecord)
    .map(({ path, before, after }) => ({ path, before: textOf(before), after: textOf(after) }));
}

/** Empty when there is no such entity. */
async function entityJson(sql: Queryable, entity: EntityName, id: string): Promise<string> {
  const [known] = await readEntitiesAsJson(sql, entity, [id]);
  return known === undefined ? "" : JSON.stringify(known.data);
}
