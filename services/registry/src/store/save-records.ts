import { statement, type Tx } from "@dozor/runtime/database";
import type { Entity, EntityHeader, EntityName, Removal } from "../domain/entities.ts";
import type { RecordReading } from "../domain/read-record.ts";
import { assetTable } from "./asset.ts";
import { contactTable } from "./contact.ts";
import { contractTable, replaceContractItems } from "./contract.ts";
import { counterpartyTable } from "./counterparty.ts";
import {
  type EntityTable,
  type HashedEntity,
  noteSourceVersions,
  removeEntities,
  upsertEntities,
} from "./entity-table.ts";
import { journalRecords } from "./journal-records.ts";
import { nomenclatureTable } from "./nomenclature.ts";
import { markPendingSnapshots } from "./pending-snapshot.ts";
import { quarantineRecords, supersedeQuarantined } from "./quarantine.ts";
import type { ReadRecord } from "./read-batch.ts";
import type { RecordCounts } from "./source-state.ts";

/** What a batch did. `changed` holds the ids of entities with a new content, `refused` the first rules of what was refused and is news. */
export type SavedRecords = { counts: RecordCounts; changed: Record<EntityName, string[]>; refused: string[] };

/**
 * Stores one batch: entities and removals, quarantine, a mark on every asset whose snapshot may differ now, and the journal, all in
 * the caller's transaction. Of several records of one entity the last counts; the others are counted as unchanged. The journal
 * gets a message for each record that changed something, carried a new version or was refused; one that comes again with the
 * same version and content, or is of a type that the mapping does not know, is only counted. With `isReread` the records came
 * earlier and have their messages already: what they supersede is older than they, and the caller's to say.
 */
export async function saveRecords(
  tx: Tx,
  source: string,
  records: readonly ReadRecord[],
  { isReread = false }: { isReread?: boolean } = {},
): Promise<SavedRecords> {
  const latest = new Map<string, ReadRecord>();
  for (const each of records) {
    const id = idOf(each);
    // Deleted first, so that the later record also takes the later place.
    if (id !== undefined) latest.delete(id);
    if (id !== undefined) latest.set(id, each);
  }
  const accepted = [...latest.values()];
  const changed: Record<EntityName, string[]> = {
    nomenclature: await save(tx, nomenclatureTable, accepted),
    counterparty: await save(tx, counterpartyTable, accepted),
    contact: await save(tx, contactTable, accepted),
    contract: await save(tx, contractTable, accepted),
    asset: await save(tx, assetTable, accepted),
  };
  const orphaned = await replaceItems(tx, accepted, changed.contract);
  await markPendingSnapshots(tx, {
    assetIds: [...new Set([...changed.asset, ...orphaned])],
    contractIds: changed.contract,
    nomenclatureIds: changed.nomenclature,
    counterpartyIds: changed.counterparty,
  });
  const refused = records.flatMap(({ record, reading }) =>
    reading.result === "refused" ? [{ record, externalId: reading.externalId, reasons: reading.reasons }] : [],
  );
  const news = await quarantineRecords(tx, source, refused);
  const superseding = isReread ? [] : acceptedLast(records);
  await supersedeQuarantined(tx, source, superseding);
  const told = new Set(Object.values(changed).flat());
  for (const id of await noteVersions(tx, accepted, told)) told.add(id);
  await journalRecords(tx, source, {
    records: isReread ? [] : records,
    told,
    refused: news,
    accepted: superseding,
  });
  const ignored = records.filter(({ reading }) => reading.result === "ignored").length;
  const saved = Object.values(changed).reduce((sum, ids) => sum + ids.length, 0);
  const received = records.length;
  const unchanged = received - saved - refused.length - ignored;
  return {
    counts: { received, saved, quarantined: refused.length, ignored, unchanged },
    changed,
    refused: news.map(({ reasons }) => reasons[0]?.rule ?? "unknown"),
  };
}

/** Entities whose content is known, under a version that is not. */
async function noteVersions(tx: Tx, accepted: readonly ReadRecord[], changed: ReadonlySet<string>): Promise<string[]> {
  const noted: string[] = [];
  for (const table of [nomenclatureTable, counterpartyTable, contactTable, contractTable, assetTable]) {
    const same = accepted.flatMap(({ reading }) => {
      const seen =
        reading.result === "entity" ? reading.entity : reading.result === "removal" ? reading.removal : undefined;
      return seen !== undefined && seen.entity === table.name && !changed.has(seen.id) ? [seen] : [];
    });
    noted.push(...(await noteSourceVersions(tx, table.name, same)));
  }
  return noted;
}

async function save<E extends Entity>(
  tx: Tx,
  table: EntityTable<E>,
  accepted: readonly ReadRecord[],
): Promise<string[]> {
  const rows: HashedEntity<E>[] = [];
  const removals: Removal[] = [];
  for (const { reading, contentHash } of accepted) {
    if (reading.result === "removal" && reading.removal.entity === table.name) removals.push(reading.removal);
    if (reading.result === "entity" && isOf(table, reading.entity)) rows.push({ entity: reading.entity, contentHash });
  }
  return [...(await upsertEntities(tx, table, rows)), ...(await removeEntities(tx, table, removals))];
}

/** Returns the assets that the changed contracts named before. */
async function replaceItems(tx: Tx, accepted: readonly ReadRecord[], changedIds: readonly string[]): Promise<string[]> {
  if (changedIds.length === 0) return [];
  const before = await statement(
    "contract_item.read_assets",
    tx<{ id: string }[]>`
      select distinct asset.id from contract_item join asset on asset.id = contract_item.asset_id
      where contract_item.contract_id = any(${changedIds}::uuid[])`,
  );
  const changed = new Set(changedIds);
  const contracts = accepted.flatMap(({ reading }) =>
    reading.result === "entity" && reading.entity.entity === "contract" && changed.has(reading.entity.id)
      ? [reading.entity]
      : [],
  );
  await replaceContractItems(tx, contracts);
  return before.map(({ id }) => id);
}

function isOf<E extends Entity>(table: EntityTable<E & EntityHeader>, entity: Entity): entity is E {
  return entity.entity === table.name;
}

/** Entities whose last record in this batch was accepted: what was refused of them before is history. */
function acceptedLast(records: readonly ReadRecord[]): { type: string; externalId: string }[] {
  const last = new Map<string, { type: string; externalId: string; isAccepted: boolean }>();
  for (const { record, reading } of records) {
    if (reading.result === "ignored") continue;
    const externalId = reading.result === "refused" ? reading.externalId : externalIdOf(reading);
    const isAccepted = reading.result !== "refused";
    last.set(`${record.type}\n${externalId}`, { type: record.type, externalId, isAccepted });
  }
  return [...last.values()].filter(({ isAccepted }) => isAccepted);
}

function idOf({ reading }: ReadRecord): string | undefined {
  if (reading.result === "entity") return `${reading.entity.entity} ${reading.entity.id}`;
  return reading.result === "removal" ? `${reading.removal.entity} ${reading.removal.id}` : undefined;
}

function externalIdOf(reading: RecordReading): string {
  if (reading.result === "entity") return reading.entity.externalId;
  return reading.result === "removal" ? reading.removal.externalId : "";
}
