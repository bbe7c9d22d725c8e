import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { assetMessage } from "../../entity-messages.ts";
import { getAsset as readAsset } from "../../store/asset.ts";

export const getAsset =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getAsset"] =>
  async ({ id }) => {
    const row = await readAsset(database.sql, id);
    if (row === undefined) throw notFound("asset", id);
    return { asset: assetMessage(row) };
  };
