import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { principalOf } from "@dozor/runtime/auth";
import { notFound } from "@dozor/runtime/errors";
import { writeActions } from "../../store/queue-actions.ts";
import { deletePause } from "../../store/queue-pauses.ts";
import type { QueueContext } from "./queue-context.ts";
import { requiredDirection } from "./queue-words.ts";

export const resumeQueue =
  ({ database }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["resumeQueue"] =>
  async ({ source, direction, objectId }, call) => {
    const actor = principalOf(call).subject;
    const key = { direction: requiredDirection(direction), source, objectId };
    await database.transaction("queue.resume", async (tx) => {
      if (!(await deletePause(tx, key))) throw notFound("the pause of", `${source} ${objectId}`.trim());
      await writeActions(tx, { action: "resume", actor, reason: "" }, [key]);
    });
    return {};
  };
