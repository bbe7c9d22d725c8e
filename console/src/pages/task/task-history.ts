import type { TaskEvent } from "@dozor/proto/monitoring/v1/task";
import type { TFunction } from "i18next";
import { actorWords, eventWords } from "../../lib/words/event-words.ts";
import type { HistoryEvent } from "../../parts/history.tsx";

/** The case in the order in which it happened, comments between the changes. `indicatorName` gives the name behind an indicator's key. */
export function taskHistory(
  events: readonly TaskEvent[],
  t: TFunction,
  indicatorName?: (key: string) => string,
): HistoryEvent[] {
  return events.map((event) => {
    const tone = toneOf(event.type);
    return {
      key: String(event.eventId),
      at: event.at,
      who: actorWords(event, t),
      what: eventWords(event, t, indicatorName),
      note: event.comment,
      ...(tone && { tone }),
    };
  });
}

function toneOf(type: string): HistoryEvent["tone"] {
  if (type === "violation_cleared" || type === "resolved") return "good";
  if (type === "created" || type.startsWith("violation_")) return "bad";
  return type === "commented" ? "said" : undefined;
}
