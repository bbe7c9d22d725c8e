import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { principalOf } from "@dozor/runtime/auth";
import { writeActions } from "../../store/queue-actions.ts";
import { skipMessage as skip } from "../../store/queue-retry.ts";
import { holdFailedMessage, readChangedMessage } from "./change-message.ts";
import type { QueueContext } from "./queue-context.ts";

export const skipMessage =
  ({ database }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["skipMessage"] =>
  async ({ recordId, etag, reason }, call) => {
    const actor = principalOf(call).subject;
    const message = await database.transaction("queue.skip", async (tx) => {
      const failed = await holdFailedMessage(tx, { recordId, etag });
      await skip(tx, failed, { actor, reason });
      await writeActions(tx, { action: "skip", actor, reason }, [failed]);
      return await readChangedMessage(tx, recordId);
    });
    return { message };
  };
