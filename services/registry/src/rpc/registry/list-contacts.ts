import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { contactMessage } from "../../entity-messages.ts";
import { listContacts as readContacts } from "../../store/contact.ts";
import { pageById, uuidOrEmpty } from "../page.ts";

export const listContacts =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["listContacts"] =>
  async (request) => {
    const filter = {
      counterpartyId: uuidOrEmpty("counterparty_id", request.counterpartyId),
      includeDeleted: request.includeDeleted,
    };
    const { rows, nextPageToken } = await pageById(request, (page) => readContacts(database.sql, filter, page));
    return { contacts: rows.map(contactMessage), nextPageToken };
  };
