import type { Run } from "@dozor/proto/monitoring/v1/run";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../lib/company-time.ts";
import { formatCount, formatShare } from "../../lib/numbers.ts";
import { durationWords } from "../../lib/words/duration-words.ts";
import { endedChecks, progressOf, remainingMs } from "./run-numbers.ts";
import classes from "./runs-page.module.css";

/** How far the run is: a bar parted by verdicts, the count and the time left. Said aloud by tenths only. */
export function RunProgress({ run }: { run: Run }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const { counts } = run;
  const planned = counts?.planned ?? 0n;
  const progress = progressOf(run);
  const left = remainingMs(run, new Date());
  const width = (value: bigint) => `${planned === 0n ? 0 : (Number(value) / Number(planned)) * 100}%`;
  return (
    <div>
      <div
        className={classes.progress}
        role="progressbar"
        aria-label={t("runs.progressLabel")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(progress * 100)}
      >
        {(["violated", "unknown", "failed", "clear"] as const).map((kind) => (
          <span key={kind} data-kind={kind} style={{ width: width(counts?.[kind] ?? 0n) }} />
        ))}
      </div>
      <div className={classes.progressText}>
        <strong>{formatShare(Math.floor(progress * 1000), 1000, language)}</strong>
        <span>
          {t("runs.progress", {
            done: formatCount(endedChecks(counts), language),
            planned: formatCount(planned, language),
          })}
        </span>
        {left !== undefined && <span className="muted">{t("runs.remaining", { age: durationWords(left, t) })}</span>}
      </div>
      <span className={classes.hidden} role="status">
        {t("runs.announce", {
          date: formatDay(run.businessDate),
          percent: formatShare(Math.floor(progress * 10), 10, language),
        })}
      </span>
    </div>
  );
}
