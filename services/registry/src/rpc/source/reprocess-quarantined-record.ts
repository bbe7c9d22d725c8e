import { toJsonString } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  AssetSchema,
  ContactSchema,
  ContractSchema,
  CounterpartySchema,
  NomenclatureSchema,
} from "@dozor/proto/registry/v1/entities";
import { QuarantineState, type SourceService } from "@dozor/proto/registry/v1/source";
import type { Queryable, Tx } from "@dozor/runtime/database";
import { failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { RegistryContext } from "../../context.ts";
import type { EntityName } from "../../domain/entities.ts";
import type { Reason } from "../../domain/reading.ts";
import { getAsset } from "../../store/asset.ts";
import { getContact } from "../../store/contact.ts";
import { getContract } from "../../store/contract.ts";
import { getCounterparty } from "../../store/counterparty.ts";
import { getNomenclature } from "../../store/nomenclature.ts";
import { acceptQuarantined, getQuarantined } from "../../store/quarantine.ts";
import { readBatch } from "../../store/read-batch.ts";
import { saveRecords } from "../../store/save-records.ts";
import {
  assetMessage,
  contactMessage,
  contractMessage,
  counterpartyMessage,
  nomenclatureMessage,
} from "../messages.ts";

type Outcome = { accepted: boolean; reasons: Reason[]; beforeJson: string; afterJson: string };

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
        const outcome = await reprocess(tx, context, id);
        if (dryRun) throw new DryRun(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof DryRun) return error.outcome;
      throw error;
    }
  };

async function reprocess(tx: Tx, { sources }: RegistryContext, id: string): Promise<Outcome> {
  const kept = await getQuarantined(tx, id, { lock: true });
  if (kept === undefined) throw notFound("quarantined record", id);
  if (kept.state !== QuarantineState.OPEN) throw failedPrecondition(`quarantined record ${id} was settled already`);
  const configured = sources.get(kept.source);
  if (configured === undefined) throw failedPrecondition(`source ${kept.source} is not configured any more`);
  const record = configured.source.reread(kept.raw, kept.format);
  const read = await readBatch([record], configured.records);
  const reading = read[0]?.reading;
  if (reading === undefined || reading.result === "refused" || reading.result === "ignored") {
    const reasons = reading?.result === "refused" ? reading.reasons : [unknownType(record.type)];
    return { accepted: false, reasons, beforeJson: "", afterJson: "" };
  }
  const target = reading.result === "entity" ? reading.entity : reading.removal;
  const beforeJson = await entityJson(tx, target.entity, target.id);
  await saveRecords(tx, kept.source, read);
  await acceptQuarantined(tx, id);
  return { accepted: true, reasons: [], beforeJson, afterJson: await entityJson(tx, target.entity, target.id) };
}

const unknownType = (type: string): Reason => ({
  rule: "unknown_type",
  attribute: "type",
  text: `found "${type}", expected a type that the mapping knows`,
});

/** Empty when there is no such entity. */
async function entityJson(sql: Queryable, entity: EntityName, id: string): Promise<string> {
  switch (entity) {
    case "asset": {
      const row = await getAsset(sql, id);
      return row === undefined ? "" : toJsonString(AssetSchema, assetMessage(row));
    }
    case "contract": {
      const row = await getContract(sql, id);
      return row === undefined ? "" : toJsonString(ContractSchema, contractMessage(row));
    }
    case "counterparty": {
      const row = await getCounterparty(sql, id);
      return row === undefined ? "" : toJsonString(CounterpartySchema, counterpartyMessage(row));
    }
    case "contact": {
      const row = await getContact(sql, id);
      return row === undefined ? "" : toJsonString(ContactSchema, contactMessage(row));
    }
    case "nomenclature": {
      const row = await getNomenclature(sql, id);
      return row === undefined ? "" : toJsonString(NomenclatureSchema, nomenclatureMessage(row));
    }
  }
}
