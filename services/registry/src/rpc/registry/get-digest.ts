import type { ServiceImpl } from "@connectrpc/connect";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { readDigest } from "../../store/asset-snapshot.ts";

export const getDigest =
  ({ database }: { database: Database }): ServiceImpl<typeof RegistryService>["getDigest"] =>
  async () => {
    const rows = await readDigest(database.sql);
    return {
      ranges: rows.map(({ range, assetCount, hash }) => ({ range, assetCount: BigInt(assetCount), hash })),
      assetCount: BigInt(rows.reduce((sum, { assetCount }) => sum + assetCount, 0)),
    };
  };
