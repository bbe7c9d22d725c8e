import { type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  AssetSchema,
  ContactSchema,
  ContractSchema,
  CounterpartySchema,
  type EntityHeader,
  NomenclatureSchema,
} from "@dozor/proto/registry/v1/entities";
import type { Queryable } from "@dozor/runtime/database";
import type { EntityName } from "../domain/entities.ts";
import {
  assetMessage,
  contactMessage,
  contractMessage,
  counterpartyMessage,
  nomenclatureMessage,
} from "../entity-messages.ts";
import { readAssets } from "../store/asset.ts";
import { readContacts } from "../store/contact.ts";
import { readContracts } from "../store/contract.ts";
import { readCounterparties } from "../store/counterparty.ts";
import type { EntityRow } from "../store/entity-row.ts";
import { readNomenclatureItems } from "../store/nomenclature.ts";

/** `data` is the entity as RegistryService answers it in JSON, without the record of the source, which is no business of whoever is told. */
export type EntityAsJson = { row: EntityRow; data: JsonValue };

/** Those of the ids that are known. */
export async function readEntitiesAsJson(
  sql: Queryable,
  kind: EntityName,
  ids: readonly string[],
): Promise<EntityAsJson[]> {
  return await readers[kind](sql, ids);
}

const readers: Record<EntityName, (sql: Queryable, ids: readonly string[]) => Promise<EntityAsJson[]>> = {
  nomenclature: async (sql, ids) =>
    (await readNomenclatureItems(sql, ids)).map((row) => ({
      row,
      data: toJson(NomenclatureSchema, withoutRecord(nomenclatureMessage(row))),
    })),
  counterparty: async (sql, ids) =>
    (await readCounterparties(sql, ids)).map((row) => ({
      row,
      data: toJson(CounterpartySchema, withoutRecord(counterpartyMessage(row))),
    })),
  contact: async (sql, ids) =>
    (await readContacts(sql, ids)).map((row) => ({
      row,
      data: toJson(ContactSchema, withoutRecord(contactMessage(row))),
    })),
  contract: async (sql, ids) =>
    (await readContracts(sql, ids)).map((row) => ({
      row,
      data: toJson(ContractSchema, withoutRecord(contractMessage(row))),
    })),
  asset: async (sql, ids) =>
    (await readAssets(sql, ids)).map((row) => ({ row, data: toJson(AssetSchema, withoutRecord(assetMessage(row))) })),
};

function withoutRecord<M extends { header?: EntityHeader | undefined }>(message: M): M {
  if (message.header !== undefined) message.header.rawJson = "";
  return message;
}
