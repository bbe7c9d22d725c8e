import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { nomenclatureMessage } from "../../entity-messages.ts";
import { getNomenclature as readNomenclature } from "../../store/nomenclature.ts";

export const getNomenclature =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getNomenclature"] =>
  async ({ id }) => {
    const row = await readNomenclature(database.sql, id);
    if (row === undefined) throw notFound("nomenclature", id);
    return { nomenclature: nomenclatureMessage(row) };
  };
