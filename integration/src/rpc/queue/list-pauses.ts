import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { listPauses as readPauses } from "../../store/queue-pauses.ts";
import type { QueueContext } from "./queue-context.ts";
import { pauseOf } from "./queue-words.ts";

const pausesMax = 1_000;

export const listPauses =
  ({ database: { sql } }: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["listPauses"] =>
  async () => ({ pauses: (await readPauses(sql, pausesMax)).map(pauseOf) });
