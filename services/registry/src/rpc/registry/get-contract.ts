import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { contractMessage } from "../../entity-messages.ts";
import { getContract as readContract } from "../../store/contract.ts";

export const getContract =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getContract"] =>
  async ({ id }) => {
    const row = await readContract(database.sql, id);
    if (row === undefined) throw notFound("contract", id);
    return { contract: contractMessage(row) };
  };
