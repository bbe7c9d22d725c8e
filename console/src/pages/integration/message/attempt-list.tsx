import { type Attempt, Direction } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { attemptDuration } from "../attempt-duration.ts";
import classes from "../integration.module.css";
import own from "./message.module.css";

/** Every attempt, newest first: what came back, how long it took and what was wrong. */
export function AttemptList({ attempts, direction }: { attempts: readonly Attempt[]; direction: Direction }) {
  const { t, i18n } = useTranslation();
  if (attempts.length === 0) {
    const key = direction === Direction.INBOUND ? "onArrival" : "none";
    return <p className="muted">{t(`integration.attempts.${key}`)}</p>;
  }
  return (
    <ol className={own.attempts}>
      {attempts.toReversed().map((attempt) => (
        <li key={attempt.number} data-failed={attempt.error !== ""}>
          <div className={own.attemptHead}>
            <strong>{t("integration.attempts.number", { value: attempt.number })}</strong>
            {attempt.startedAt && <span className="number">{timeWords(attempt.startedAt, { t })}</span>}
            {attempt.duration && <span className="number">{attemptDuration(attempt.duration, t, i18n.language)}</span>}
            <span className="number">
              {attempt.status > 0
                ? `HTTP ${attempt.status}`
                : attempt.error !== "" && t("integration.attempts.noStatus")}
            </span>
            {attempt.error === "" && <span>{t("integration.attempts.succeeded")}</span>}
          </div>
          {attempt.error && <pre className={classes.error}>{attempt.error}</pre>}
          {attempt.responseExcerpt && (
            <details>
              <summary>{t("integration.attempts.response")}</summary>
              <pre className={classes.code}>{attempt.responseExcerpt}</pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
