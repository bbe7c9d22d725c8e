import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { contactMessage } from "../../entity-messages.ts";
import { getContact as readContact } from "../../store/contact.ts";

export const getContact =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getContact"] =>
  async ({ id }) => {
    const row = await readContact(database.sql, id);
    if (row === undefined) throw notFound("contact", id);
    return { contact: contactMessage(row) };
  };
