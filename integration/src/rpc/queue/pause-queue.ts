import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { principalOf } from "@dozor/runtime/auth";
import { alreadyExists } from "@dozor/runtime/errors";
import { writeActions } from "../../store/queue-actions.ts";
import { insertPause } from "../../store/queue-pauses.ts";
import type { QueueContext } from "./queue-context.ts";
import { pauseOf, requiredDirection } from "./queue-words.ts";

export const pauseQueue =
  ({ database }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["pauseQueue"] =>
  async ({ source, direction, objectId, reason }, call) => {
    const actor = principalOf(call).subject;
    const key = { direction: requiredDirection(direction), source, objectId };
    return await database.transaction("queue.pause", async (tx) => {
      const pause = await insertPause(tx, key, { actor, reason });
      if (pause === undefined) throw alreadyExists("the pause of", `${source} ${objectId}`.trim());
      await writeActions(tx, { action: "pause", actor, reason }, [key]);
      return { pause: pauseOf(pause) };
    });
  };
