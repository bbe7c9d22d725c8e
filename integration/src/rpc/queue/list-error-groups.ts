import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { listErrorGroups as readErrorGroups } from "../../store/queue-errors.ts";
import { counterBounds } from "../../store/queue-filter.ts";
import { pageSizeDefault } from "./list-messages.ts";
import type { QueueContext } from "./queue-context.ts";
import { queueFilter } from "./queue-words.ts";

const messagesMax = 100_000;

export const listErrorGroups =
  ({
    database: { sql },
  }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["listErrorGroups"] =>
  async (request) => {
    const filter = queueFilter(request.filter);
    const size = request.limit || pageSizeDefault;
    const bounds = await counterBounds(sql, filter);
    const groups = await readErrorGroups(sql, filter, bounds, { messagesMax, size });
    return {
      groups: groups.map(({ count, firstAt, lastAt, ...group }) => ({
        ...group,
        count: BigInt(count),
        firstAt: timestampFromDate(firstAt),
        lastAt: timestampFromDate(lastAt),
      })),
    };
  };
