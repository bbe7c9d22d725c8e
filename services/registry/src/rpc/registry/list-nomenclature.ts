import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { nomenclatureMessage } from "../../entity-messages.ts";
import { listNomenclature as readNomenclature } from "../../store/nomenclature.ts";
import { pageById, uuidOrEmpty } from "../page.ts";

export const listNomenclature =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["listNomenclature"] =>
  async (request) => {
    const filter = {
      parentId: uuidOrEmpty("parent_id", request.parentId),
      kind: request.kind,
      includeDeleted: request.includeDeleted,
    };
    const { rows, nextPageToken } = await pageById(request, (page) => readNomenclature(database.sql, filter, page));
    return { nomenclature: rows.map(nomenclatureMessage), nextPageToken };
  };
