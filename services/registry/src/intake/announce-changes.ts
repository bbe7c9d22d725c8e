import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { appendOutbound } from "@dozor/integration/journal";
import {
  AssetSchema,
  ContactSchema,
  ContractSchema,
  CounterpartySchema,
  NomenclatureSchema,
} from "@dozor/proto/registry/v1/entities";
import type { Queryable, Tx } from "@dozor/runtime/database";
import type { RegistryContext } from "../context.ts";
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

/** Kinds of objects that a receiver may be sent; the same order in which they are saved. */
export const receivableKinds = [
  "nomenclature",
  "counterparty",
  "contact",
  "contract",
  "asset",
] as const satisfies EntityName[];

/** Writes changed entities, as RegistryService answers them, into the queues of the receivers that want them. */
export async function announceChanges(
  tx: Tx,
  { receivers, clock }: Pick<RegistryContext, "receivers" | "clock">,
  changed: Readonly<Record<EntityName, readonly string[]>>,
): Promise<void> {
  const timestamp = clock.now().toISOString();
  for (const kind of receivableKinds) {
    const wanting = receivers.filter(({ objects }) => objects.includes(kind));
    if (wanting.length === 0 || changed[kind].length === 0) continue;
    const type = `${kind}.changed`;
    const told = await readers[kind](tx, changed[kind]);
    await appendOutbound(
      tx,
      wanting.flatMap(({ name }) =>
        told.map(({ row, data }) => ({
          source: name,
          objectId: row.externalId,
          requestType: type,
          objectVersion: String(row.version),
          entityId: row.id,
          body: { type, timestamp, data },
        })),
      ),
    );
  }
}

type Told = { row: EntityRow; data: JsonValue };
const readers: Record<EntityName, (sql: Queryable, ids: readonly string[]) => Promise<Told[]>> = {
  nomenclature: async (sql, ids) =>
    (await readNomenclatureItems(sql, ids)).map((row) => ({
      row,
      data: toJson(NomenclatureSchema, nomenclatureMessage(row)),
    })),
  counterparty: async (sql, ids) =>
    (await readCounterparties(sql, ids)).map((row) => ({
      row,
      data: toJson(CounterpartySchema, counterpartyMessage(row)),
    })),
  contact: async (sql, ids) =>
    (await readContacts(sql, ids)).map((row) => ({ row, data: toJson(ContactSchema, contactMessage(row)) })),
  contract: async (sql, ids) =>
    (await readContracts(sql, ids)).map((row) => ({ row, data: toJson(ContractSchema, contractMessage(row)) })),
  asset: async (sql, ids) =>
    (await readAssets(sql, ids)).map((row) => ({ row, data: toJson(AssetSchema, assetMessage(row)) })),
};
