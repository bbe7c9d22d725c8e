import type { CounterpartyIdentity, CounterpartyType } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement } from "@dozor/runtime/database";
import type { Counterparty } from "../domain/entities.ts";
import type { EntityRow } from "./entity-row.ts";
import type { EntityTable } from "./entity-table.ts";

export const counterpartyTable: EntityTable<Counterparty> = {
  name: "counterparty",
  columns: [
    { name: "type", type: "smallint", of: (each) => each.type },
    { name: "full_name", type: "text", of: (each) => each.fullName },
    { name: "inn", type: "text", of: (each) => each.inn },
    { name: "kpp", type: "text", of: (each) => each.kpp },
    { name: "ogrn", type: "text", of: (each) => each.ogrn },
    { name: "legal_address", type: "text", of: (each) => each.legalAddress },
  ],
};

export type CounterpartyRow = EntityRow & {
  type: CounterpartyType;
  fullName: string;
  inn: string;
  kpp: string;
  ogrn: string;
  legalAddress: string;
  /** Null until Focus was asked about the numbers that are stored now. */
  identity: CounterpartyIdentity | null;
  checkedAt: Date | null;
  focusInn: string | null;
  focusOgrn: string | null;
  focusName: string | null;
  statusText: string | null;
  dissolved: boolean | null;
  dissolving: boolean | null;
  reorganizing: boolean | null;
  bankrupting: boolean | null;
  regionNumber: string | null;
};

export async function getCounterparty(sql: Queryable, id: string): Promise<CounterpartyRow | undefined> {
  return (await readCounterparties(sql, [id]))[0];
}

/** Those of the ids that are known, in id order. */
export async function readCounterparties(sql: Queryable, ids: readonly string[]): Promise<CounterpartyRow[]> {
  return await statement(
    "counterparty.read",
    sql<CounterpartyRow[]>`
      select ${columns(sql)} from ${checkedCounterparty(sql)} where counterparty.id = any(${[...ids]}::uuid[]) order by counterparty.id`,
  );
}

export type CounterpartyFilter = {
  inn: string;
  ogrn: string;
  identity: CounterpartyIdentity;
  source: string;
  externalId: string;
  includeDeleted: boolean;
};

/** In id order, after `afterId`. */
export async function listCounterparties(
  sql: Queryable,
  { inn, ogrn, identity, source, externalId, includeDeleted }: CounterpartyFilter,
  page: { afterId: string; size: number },
): Promise<CounterpartyRow[]> {
  return await statement(
    "counterparty.list",
    sql<CounterpartyRow[]>`
      select ${columns(sql)} from ${checkedCounterparty(sql)}
      where counterparty.id > ${page.afterId}
        ${inn === "" ? sql`` : sql`and inn = ${inn}`}
        ${ogrn === "" ? sql`` : sql`and ogrn = ${ogrn}`}
        ${identity === 0 ? sql`` : sql`and coalesce(identity, 1) = ${identity}`}
        ${source === "" ? sql`` : sql`and source = ${source}`}
        ${externalId === "" ? sql`` : sql`and external_id = ${externalId}`}
        ${includeDeleted ? sql`` : sql`and not deleted`}
      order by counterparty.id limit ${page.size}`,
  );
}

// A check of numbers that the source has changed since is no check.
const checkedCounterparty = (sql: Queryable) => sql`
  counterparty left join counterparty_check on counterparty_id = counterparty.id and asked_inn = inn and asked_ogrn = ogrn`;

const columns = (sql: Queryable) => sql`
  counterparty.id, source, external_id as "externalId", version, deleted, code, description, remarks, raw,
  created_at as "createdAt", updated_at as "updatedAt",
  type, full_name as "fullName", inn, kpp, ogrn, legal_address as "legalAddress",
  identity, checked_at as "checkedAt", focus_inn as "focusInn", focus_ogrn as "focusOgrn", focus_name as "focusName",
  status_text as "statusText", dissolved, dissolving, reorganizing, bankrupting, region_number as "regionNumber"`;
