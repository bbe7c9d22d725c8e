import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import type { Database } from "@dozor/runtime/database";
import { countOpenQuarantined, listQuarantined } from "../../store/quarantine.ts";
import { countsMessage, quarantinedMessage } from "../messages.ts";
import { pageByTime } from "../page.ts";

export const listQuarantinedRecords =
  ({ database }: { database: Database }): ServiceImpl<typeof SourceService>["listQuarantinedRecords"] =>
  async (request) => {
    const [{ rows, nextPageToken }, openCounts] = await Promise.all([
      pageByTime(request, ({ before, size }) =>
        listQuarantined(database.sql, request, {
          before: before && { receivedAt: before.at, id: before.id },
          size,
        }),
      ),
      countOpenQuarantined(database.sql, request.source),
    ]);
    return { records: rows.map(quarantinedMessage), nextPageToken, openCounts: countsMessage(openCounts) };
  };
