import type { TaskEvent } from "@dozor/proto/monitoring/v1/task";
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { actorWords, eventWords } from "../../lib/words/event-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import classes from "./task-page.module.css";

/** Two people decided at once: who changed what, so that the second need not guess why nothing happened. */
export function ConflictNotice({ events, onDismiss }: { events: readonly TaskEvent[]; onDismiss: () => void }) {
  const { t } = useTranslation();
  return (
    <section className={classes.conflict} role="alert">
      <div>
        <h2>{t("task.conflict.title")}</h2>
        <ul>
          {events.map((event) => (
            <li key={event.eventId}>
              {event.at && `${timeWords(event.at, { t })} — `}
              <strong>{actorWords(event, t)}</strong>: {eventWords(event, t)}
            </li>
          ))}
        </ul>
        <p>{t("task.conflict.nothing")}</p>
      </div>
      <Button variant="default" onClick={onDismiss}>
        {t("task.conflict.dismiss")}
      </Button>
    </section>
  );
}
