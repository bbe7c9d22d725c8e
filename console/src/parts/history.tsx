import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { useTranslation } from "react-i18next";
import { timeWords } from "../lib/words/words-context.ts";
import classes from "./history.module.css";

export type HistoryEvent = {
  key: string;
  at: Timestamp | undefined;
  who: string;
  what: string;
  /** What somebody wrote about it. */
  note?: string;
  tone?: "good" | "bad" | "said";
};

/** What happened, in the order in which it did: who, what, when. */
export function History({ events }: { events: readonly HistoryEvent[] }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.history}>
      {events.map(({ key, at, who, what, note, tone }) => (
        <li key={key} data-tone={tone}>
          <span className={classes.happened}>
            <strong>{who}</strong> {what}
          </span>
          <time className={classes.when}>{at && timeWords(at, { t })}</time>
          {note && <p className={classes.note}>{note}</p>}
        </li>
      ))}
    </ol>
  );
}
