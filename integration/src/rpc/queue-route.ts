import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import { queueKeepers } from "./access.ts";
import { getMessage } from "./queue/get-message.ts";
import { listBlockedLanes } from "./queue/list-blocked-lanes.ts";
import { listErrorGroups } from "./queue/list-error-groups.ts";
import { listMessages } from "./queue/list-messages.ts";
import { listPauses } from "./queue/list-pauses.ts";
import { pauseQueue } from "./queue/pause-queue.ts";
import type { QueueContext } from "./queue/queue-context.ts";
import { resumeQueue } from "./queue/resume-queue.ts";
import { retryMatching } from "./queue/retry-matching.ts";
import { retryMessage } from "./queue/retry-message.ts";
import { skipMessage } from "./queue/skip-message.ts";
import { watchMessages } from "./queue/watch-messages.ts";

/** The queue of a service that keeps the journal in its database. */
export function queueRoute(context: QueueContext): Route {
  return route(
    IntegrationQueueService,
    {
      listMessages: listMessages(context),
      getMessage: getMessage(context),
      retryMessage: retryMessage(context),
      retryMatching: retryMatching(context),
      skipMessage: skipMessage(context),
      pauseQueue: pauseQueue(context),
      resumeQueue: resumeQueue(context),
      listPauses: listPauses(context),
      listBlockedLanes: listBlockedLanes(context),
      listErrorGroups: listErrorGroups(context),
      watchMessages: watchMessages(context),
    },
    {
      listMessages: queueKeepers,
      getMessage: queueKeepers,
      retryMessage: queueKeepers,
      retryMatching: queueKeepers,
      skipMessage: queueKeepers,
      pauseQueue: queueKeepers,
      resumeQueue: queueKeepers,
      listPauses: queueKeepers,
      listBlockedLanes: queueKeepers,
      listErrorGroups: queueKeepers,
      watchMessages: queueKeepers,
    },
  );
}
