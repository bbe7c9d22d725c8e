import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { contractMessage } from "../../entity-messages.ts";
import { listContracts as readContracts } from "../../store/contract.ts";
import { pageById, uuidOrEmpty } from "../page.ts";

export const listContracts =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["listContracts"] =>
  async (request) => {
    const filter = {
      lesseeId: uuidOrEmpty("lessee_id", request.lesseeId),
      lessorId: uuidOrEmpty("lessor_id", request.lessorId),
      status: request.status,
      number: request.number,
      source: request.source,
      externalId: request.externalId,
      includeDeleted: request.includeDeleted,
    };
    const { rows, nextPageToken } = await pageById(request, (page) => readContracts(database.sql, filter, page));
    return { contracts: rows.map(contractMessage), nextPageToken };
  };
