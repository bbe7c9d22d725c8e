import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskEventSchema, TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { listTaskEvents, readTask, type StoredTaskEvent } from "../../store/task.ts";
import { listTasksOfAsset } from "../../store/task-list.ts";
import { stateValues, taskMessage, taskMessages } from "./task-message.ts";

const eventsMax = 1_000;
const earlierTasksMax = 20;

export function getTask({ database: { sql } }: Pick<Context, "database">): ServiceImpl<typeof TaskService>["getTask"] {
  return async ({ taskId }, call) => {
    const caller = principalOf(call);
    const task = await readTask(sql, taskId);
    if (task === undefined) throw notFound("task", taskId);
    const earlier = await listTasksOfAsset(sql, task.assetId, taskId, earlierTasksMax);
    return {
      task: await taskMessage(sql, task, caller),
      events: (await listTaskEvents(sql, taskId, eventsMax)).map(eventMessage),
      earlierTasks: await taskMessages(sql, earlier, caller, { withEvidence: false }),
    };
  };
}

function eventMessage(event: StoredTaskEvent): MessageInitShape<typeof TaskEventSchema> {
  return {
    eventId: String(event.eventId),
    at: timestampFromDate(event.at),
    actor: event.actor,
    actorName: event.actorName,
    type: event.type,
    ...(event.stateBefore === null ? {} : { stateBefore: stateValues[event.stateBefore] }),
    stateAfter: stateValues[event.stateAfter],
    comment: event.comment,
    parameters: event.parameters,
  };
}
