import type { TaskEvent, TaskViolation } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { actorWords, eventWords } from "../../lib/words/event-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import classes from "./task-page.module.css";

/** The case in the order in which it happened, comments between the changes. */
export function TaskHistory(props: { events: readonly TaskEvent[]; violations: readonly TaskViolation[] }) {
  const { t } = useTranslation();
  const names = new Map(props.violations.map(({ indicatorKey, indicatorName }) => [indicatorKey, indicatorName]));
  return (
    <ol className={classes.history}>
      {props.events.map((event) => (
        <li key={event.eventId} data-type={event.type}>
          <span className={classes.happened}>
            <strong>{actorWords(event, t)}</strong> {eventWords(event, t, (key) => names.get(key) || key)}
          </span>
          <time className={classes.when}>{event.at && timeWords(event.at, { t })}</time>
          {event.comment !== "" && <p className={classes.comment}>{event.comment}</p>}
        </li>
      ))}
    </ol>
  );
}
