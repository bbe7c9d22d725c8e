import type { ServiceImpl } from "@connectrpc/connect";
import { Direction, type IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { listBlockingMessages } from "../../store/queue-lanes.ts";
import { waitingMax } from "./get-message.ts";
import { pageSizeDefault } from "./list-messages.ts";
import type { QueueContext } from "./queue-context.ts";
import { messageOf } from "./queue-words.ts";

export const listBlockedLanes =
  ({
    database: { sql },
  }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["listBlockedLanes"] =>
  async ({ pageSize, pageToken }) => {
    const size = pageSize || pageSizeDefault;
    const [afterCounter] = decodeCursor(pageToken, ["number"]) ?? [0];
    const found = await listBlockingMessages(sql, { afterCounter, size: size + 1, waitingMax });
    const page = found.slice(0, size);
    const last = found.length > size ? page.at(-1) : undefined;
    return {
      lanes: page.map((message) => ({
        source: message.source,
        direction: Direction.OUTBOUND,
        objectId: message.objectId,
        blockedBy: messageOf(message),
        waitingCount: message.waitingCount,
      })),
      nextPageToken: last === undefined ? "" : encodeCursor([last.counter]),
    };
  };
