import { fromBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import type { RegistryService } from "@dozor/proto/registry/v1/registry";
import type { Database } from "@dozor/runtime/database";
import { yieldNow } from "@dozor/runtime/slices";
import { listSnapshotPayloads } from "../../store/asset-snapshot.ts";
import { requireUuid } from "../page.ts";

const batchSize = 200;
const beforeAll = "00000000-0000-0000-0000-000000000000";

export const listAssetSnapshots = ({
  database,
}: {
  database: Database;
}): ServiceImpl<typeof RegistryService>["listAssetSnapshots"] =>
  async function* ({ afterAssetId, range }, { signal }) {
    let afterId = afterAssetId === "" ? beforeAll : requireUuid("after_asset_id", afterAssetId);
    for (;;) {
      signal.throwIfAborted();
      const rows = await listSnapshotPayloads(database.sql, { afterId, range, limit: batchSize });
      const last = rows.at(-1);
      if (last === undefined) return;
      yield { snapshots: rows.map(({ payload }) => fromBinary(AssetSnapshotSchema, payload)) };
      await yieldNow();
      afterId = last.assetId;
    }
  };
