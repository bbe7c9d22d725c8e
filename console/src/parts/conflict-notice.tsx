import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { timeWords } from "../lib/words/words-context.ts";
import classes from "./conflict-notice.module.css";
import type { HistoryEvent } from "./history.tsx";

type Props = { title: string; note: string; events: readonly HistoryEvent[]; onDismiss: () => void };

/** Two people decided at once: who changed what, so that the second need not guess why nothing happened. */
export function ConflictNotice({ title, note, events, onDismiss }: Props) {
  const { t } = useTranslation();
  return (
    <section className={classes.conflict} role="alert">
      <div>
        <h2>{title}</h2>
        <ul>
          {events.map(({ key, at, who, what }) => (
            <li key={key}>
              {at && `${timeWords(at, { t })} — `}
              <strong>{who}</strong>: {what}
            </li>
          ))}
        </ul>
        <p>{note}</p>
      </div>
      <Button variant="default" onClick={onDismiss}>
        {t("common.understood")}
      </Button>
    </section>
  );
}
