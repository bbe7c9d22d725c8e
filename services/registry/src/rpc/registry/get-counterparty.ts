import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { counterpartyMessage } from "../../entity-messages.ts";
import { getCounterparty as readCounterparty } from "../../store/counterparty.ts";

export const getCounterparty =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getCounterparty"] =>
  async ({ id }) => {
    const row = await readCounterparty(database.sql, id);
    if (row === undefined) throw notFound("counterparty", id);
    return { counterparty: counterpartyMessage(row) };
  };
