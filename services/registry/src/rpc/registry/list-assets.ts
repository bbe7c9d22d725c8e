import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { readPlate } from "../../domain/plate.ts";
import { readVin } from "../../domain/vin.ts";
import { assetMessage } from "../../entity-messages.ts";
import { listAssets as readAssets } from "../../store/asset.ts";
import { pageById, uuidOrEmpty } from "../page.ts";

export const listAssets =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["listAssets"] =>
  async (request) => {
    const filter = {
      contractId: uuidOrEmpty("contract_id", request.contractId),
      nomenclatureId: uuidOrEmpty("nomenclature_id", request.nomenclatureId),
      source: request.source,
      externalId: request.externalId,
      vin: readVin(request.vin).vin,
      plate: readPlate(request.plate).plate,
      includeDeleted: request.includeDeleted,
    };
    const { rows, nextPageToken } = await pageById(request, (page) => readAssets(database.sql, filter, page));
    return { assets: rows.map(assetMessage), nextPageToken };
  };
