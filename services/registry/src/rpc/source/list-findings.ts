import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import type { Database } from "@dozor/runtime/database";
import { countOpenFindings, listFindings as readFindings } from "../../store/finding.ts";
import { countsMessage, findingMessage } from "../messages.ts";
import { pageByTime, uuidOrEmpty } from "../page.ts";

export const listFindings =
  ({ database }: { database: Database }): ServiceImpl<typeof SourceService>["listFindings"] =>
  async (request) => {
    const filter = { ...request, entityId: uuidOrEmpty("entity_id", request.entityId) };
    const [{ rows, nextPageToken }, openCounts] = await Promise.all([
      pageByTime(request, ({ before, size }) =>
        readFindings(database.sql, filter, { before: before && { foundAt: before.at, id: before.id }, size }),
      ),
      countOpenFindings(database.sql),
    ]);
    return { findings: rows.map(findingMessage), nextPageToken, openCounts: countsMessage(openCounts) };
  };
