import { type Queryable, statement } from "@dozor/runtime/database";
import type { Contact } from "../domain/entities.ts";
import type { EntityRow } from "./entity-row.ts";
import type { EntityTable } from "./entity-table.ts";

export const contactTable: EntityTable<Contact> = {
  name: "contact",
  columns: [
    { name: "counterparty_id", type: "uuid", of: (each) => each.counterpartyId },
    { name: "position", type: "text", of: (each) => each.position },
    { name: "phone", type: "text", of: (each) => each.phone },
    { name: "email", type: "text", of: (each) => each.email },
  ],
};

export type ContactRow = EntityRow & {
  counterpartyId: string | null;
  position: string;
  phone: string;
  email: string;
};

export async function getContact(sql: Queryable, id: string): Promise<ContactRow | undefined> {
  return (await readContacts(sql, [id]))[0];
}

/** Those of the ids that are known, in id order. */
export async function readContacts(sql: Queryable, ids: readonly string[]): Promise<ContactRow[]> {
  return await statement(
    "contact.read",
    sql<ContactRow[]>`
      select ${columns(sql)} from contact where id = any(${[...ids]}::uuid[]) order by id`,
  );
}

/** In id order, after `afterId`. */
export async function listContacts(
  sql: Queryable,
  { counterpartyId, includeDeleted }: { counterpartyId: string; includeDeleted: boolean },
  page: { afterId: string; size: number },
): Promise<ContactRow[]> {
  return await statement(
    "contact.list",
    sql<ContactRow[]>`
      select ${columns(sql)} from contact
      where id > ${page.afterId}
        ${counterpartyId === "" ? sql`` : sql`and counterparty_id = ${counterpartyId}`}
        ${includeDeleted ? sql`` : sql`and not deleted`}
      order by id limit ${page.size}`,
  );
}

const columns = (sql: Queryable) => sql`
  id, source, external_id as "externalId", version, deleted, code, description, remarks, raw,
  created_at as "createdAt", updated_at as "updatedAt",
  counterparty_id as "counterpartyId", position, phone, email`;
