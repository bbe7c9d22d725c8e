import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { principalOf } from "@dozor/runtime/auth";
import { failedPrecondition } from "@dozor/runtime/errors";
import { holdFailedMessage, readChangedMessage } from "./change-message.ts";
import type { QueueContext } from "./queue-context.ts";
import { readAgain, repeatedByItself, sendAgain } from "./try-again.ts";

export const retryMessage =
  (context: QueueContext): ServiceImpl<typeof IntegrationQueueService>["retryMessage"] =>
  async ({ recordId, etag, reason }, call) => {
    const by = { actor: principalOf(call).subject, reason };
    const message = await context.database.transaction("queue.retry", async (tx) => {
      const failed = await holdFailedMessage(tx, { recordId, etag });
      if (failed.direction === 1) await readAgain(tx, context, failed, by);
      else if ((await sendAgain(tx, [failed], by)).size > 0)
        throw failedPrecondition(`message ${recordId} cannot be sent again: ${repeatedByItself}`);
      return await readChangedMessage(tx, recordId);
    });
    return { message };
  };
