import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { counterBounds } from "../../store/queue-filter.ts";
import { countQueueMessages, listQueueMessages } from "../../store/queue-messages.ts";
import type { QueueContext } from "./queue-context.ts";
import { countsOf, messageOf, queueFilter } from "./queue-words.ts";

export const pageSizeDefault = 50;
/** Enough to see how bad it is, and few enough to be counted while somebody waits, whatever the size of the journal. */
export const countMax = 10_000;

export const listMessages =
  ({
    database: { sql },
  }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["listMessages"] =>
  async (request) => {
    const filter = queueFilter(request.filter);
    const size = request.pageSize || pageSizeDefault;
    const [beforeCounter] = decodeCursor(request.pageToken, ["number"]) ?? [Number.MAX_SAFE_INTEGER];
    const bounds = await counterBounds(sql, filter);
    const found = await listQueueMessages(sql, filter, bounds, { beforeCounter, size: size + 1 });
    const page = found.slice(0, size);
    const last = found.length > size ? page.at(-1) : undefined;
    const counts = request.pageToken === "" ? await countQueueMessages(sql, filter, bounds, countMax) : undefined;
    return {
      messages: page.map(messageOf),
      nextPageToken: last === undefined ? "" : encodeCursor([last.counter]),
      ...(counts === undefined ? {} : { counts: countsOf(counts) }),
    };
  };
