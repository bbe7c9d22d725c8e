import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { getQuarantined } from "../../store/quarantine.ts";
import { quarantinedMessage } from "../messages.ts";

export const getQuarantinedRecord =
  ({ database }: { database: Database }): ServiceImpl<typeof SourceService>["getQuarantinedRecord"] =>
  async ({ id }) => {
    const row = await getQuarantined(database.sql, id);
    if (row === undefined) throw notFound("quarantined record", id);
    return { record: quarantinedMessage(row), raw: row.raw };
  };
