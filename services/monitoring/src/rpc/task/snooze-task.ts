import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { dayMs } from "../../domain/timestamps.ts";
import { changeTask } from "./change-task.ts";

const snoozeDaysMax = 180;

export function snoozeTask(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof TaskService>["snoozeTask"] {
  return async (request, call) => {
    if (request.until === undefined) throw invalidArgument("until is missing");
    const until = timestampDate(request.until);
    const aheadMs = until.getTime() - context.clock.now().getTime();
    if (aheadMs <= 0) throw invalidArgument(`until ${until.toISOString()} is not in the future`);
    if (aheadMs > snoozeDaysMax * dayMs)
      throw invalidArgument(`until ${until.toISOString()} is more than ${snoozeDaysMax} days ahead`);
    return await changeTask(context, call, request, "snooze", () => ({
      fields: { snoozedUntil: until },
      event: { type: "snoozed", comment: request.reason, parameters: { snoozed_until: until.toISOString() } },
    }));
  };
}
