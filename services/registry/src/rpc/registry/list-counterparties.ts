import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { counterpartyMessage } from "../../entity-messages.ts";
import { listCounterparties as readCounterparties } from "../../store/counterparty.ts";
import { pageById } from "../page.ts";

export const listCounterparties =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["listCounterparties"] =>
  async (request) => {
    const { rows, nextPageToken } = await pageById(request, (page) => readCounterparties(database.sql, request, page));
    return { counterparties: rows.map(counterpartyMessage), nextPageToken };
  };
