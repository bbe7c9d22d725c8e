import { durationFromMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { notFound } from "@dozor/runtime/errors";
import { getQueueMessage, getQueueMessageDetails } from "../../store/queue-messages.ts";
import type { QueueContext } from "./queue-context.ts";
import { messageOf } from "./queue-words.ts";

const attemptsMax = 200;
export const waitingMax = 10_000;

export const getMessage =
  ({ database: { sql } }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["getMessage"] =>
  async ({ recordId }) => {
    const message = await getQueueMessage(sql, recordId);
    if (message === undefined) throw notFound("message", recordId);
    const { bodyJson, attempts, waitingBehind } = await getQueueMessageDetails(sql, message, {
      attemptsMax,
      waitingMax,
    });
    return {
      message: messageOf(message),
      bodyJson,
      waitingBehind,
      attempts: attempts.map(({ number, startedAt, durationMs, status, error, responseExcerpt }) => ({
        number,
        startedAt: timestampFromDate(startedAt),
        ...(durationMs === null ? {} : { duration: durationFromMs(durationMs) }),
        status: status ?? 0,
        error: error ?? (durationMs === null ? "the outcome is not known" : ""),
        responseExcerpt,
      })),
    };
  };
