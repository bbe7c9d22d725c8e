import { type DescMessage, type JsonValue, type MessageShape, toJson } from "@bufbuild/protobuf";
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

type Reader = (sql: Queryable, ids: readonly string[]) => Promise<EntityAsJson[]>;

function reader<R extends EntityRow, D extends DescMessage>(
  schema: D,
  read: (sql: Queryable, ids: readonly string[]) => Promise<R[]>,
  messageOf: (row: R) => MessageShape<D> & { header?: EntityHeader | undefined },
): Reader {
  return async (sql, ids) =>
    (await read(sql, ids)).map((row) => {
      const message = messageOf(row);
      if (message.header !== undefined) message.header.rawJson = "";
      return { row, data: toJson(schema, message) };
    });
}

const readers: Record<EntityName, Reader> = {
  nomenclature: reader(NomenclatureSchema, readNomenclatureItems, nomenclatureMessage),
  counterparty: reader(CounterpartySchema, readCounterparties, counterpartyMessage),
  contact: reader(ContactSchema, readContacts, contactMessage),
  contract: reader(ContractSchema, readContracts, contractMessage),
  asset: reader(AssetSchema, readAssets, assetMessage),
};
