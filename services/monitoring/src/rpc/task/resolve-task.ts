import type { ServiceImpl } from "@connectrpc/connect";
import { TaskOutcome, type TaskService } from "@dozor/proto/monitoring/v1/task";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { changeTask } from "./change-task.ts";

const outcomes = {
  [TaskOutcome.UNSPECIFIED]: undefined,
  [TaskOutcome.CONFIRMED_RISK]: "confirmed_risk",
  [TaskOutcome.FALSE_POSITIVE]: "false_positive",
  [TaskOutcome.NOT_ACTIONABLE]: "not_actionable",
} as const;

export function resolveTask(
  context: Pick<Context, "database" | "clock">,
): ServiceImpl<typeof TaskService>["resolveTask"] {
  return async (request, call) => {
    const outcome = outcomes[request.outcome];
    if (outcome === undefined) throw invalidArgument("the outcome is missing");
    return await changeTask(context, call, request, "resolve", () => ({
      fields: { outcome, snoozedUntil: null },
      event: { type: "resolved", comment: request.note, parameters: { outcome } },
    }));
  };
}
