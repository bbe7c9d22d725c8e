import type { TaskEvent } from "@dozor/proto/monitoring/v1/task";
import type { TFunction } from "i18next";
import { formatDateTime } from "../company-time.ts";

const types = [
  "created",
  "claimed",
  "assigned",
  "released",
  "commented",
  "snoozed",
  "woken",
  "violation_attached",
  "violation_repeated",
  "violation_cleared",
  "resolved",
  "reopened",
  "closed",
] as const;
const outcomes = ["confirmed_risk", "false_positive", "not_actionable"] as const;

/** What happened to a task, in words. `indicatorName` gives the name behind an indicator's key. */
export function eventWords(
  { type, parameters }: TaskEvent,
  t: TFunction,
  indicatorName: (key: string) => string = (key) => key,
): string {
  const known = types.find((each) => each === type);
  if (!known) return t("task.history.events.other", { type });
  const outcomeKey = outcomes.find((each) => (parameters.outcome ?? "").toLowerCase().endsWith(each));
  return t(`task.history.events.${known}`, {
    assignee: parameters.assignee_name || parameters.assignee || "",
    until: momentWords(parameters.snoozed_until ?? parameters.until ?? "", t),
    indicator: indicatorName(parameters.indicator_key ?? ""),
    outcome: outcomeKey ? t(`common.outcome.${outcomeKey}`) : (parameters.outcome ?? ""),
  });
}

/** Parameters are text: an instant comes in ISO 8601. */
function momentWords(text: string, t: TFunction): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : `${formatDateTime(at)} ${t("common.zone")}`;
}

/** Who did it; the service calls itself "system". */
export function actorWords({ actor, actorName }: Pick<TaskEvent, "actor" | "actorName">, t: TFunction): string {
  const isSystem = actor === "" || actor === "system";
  return actorName || (isSystem ? t("task.history.system") : actor);
}
