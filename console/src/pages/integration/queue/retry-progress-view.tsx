import { Button, Group, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import tables from "../../../parts/data-table.module.css";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import own from "./queue.module.css";
import { type RetryProgress, refusalsShownMax } from "./use-retry-matching.ts";

type Props = {
  progress: RetryProgress;
  /** How many were counted when the person decided. */
  asked: number;
  service: JournalService;
  onGoOn: () => void;
  onClose: () => void;
};

/** How far it is, and by name what could not be tried again. */
export function RetryProgressView({ progress, asked, service, onGoOn, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const words = (value: number | bigint) => formatCount(value, i18n.language);
  const { phase, done, refused, refusals, summary, error } = progress;
  const whole = Math.max(asked, progress.matched, 1);
  return (
    <Stack gap="sm">
      <progress
        className={own.progress}
        aria-label={t("integration.retryAll.progressLabel")}
        max={whole}
        value={done}
      />
      <p className={classes.plain} role="status">
        {summary
          ? t("integration.retryAll.summary", { retried: words(summary.retried), refused: words(summary.refused) })
          : t("integration.retryAll.progress", { done: words(done), whole: words(whole) })}
      </p>
      {phase === "broken" && error && (
        <ErrorPanel error={error} title={t("integration.retryAll.broken")} onRetry={onGoOn} />
      )}
      {refusals.length > 0 && (
        <div className={own.refusals}>
          <table className={tables.table}>
            <thead>
              <tr>
                <th scope="col">{t("integration.retryAll.message")}</th>
                <th scope="col">{t("integration.retryAll.why")}</th>
              </tr>
            </thead>
            <tbody>
              {refusals.map((each) => (
                <tr key={each.recordId}>
                  <td className="mono">
                    <Link to="/integration/$service/$recordId" params={{ service, recordId: each.recordId }}>
                      {each.recordId.slice(0, 8)}
                    </Link>
                  </td>
                  <td>{each.error}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {refused > refusalsShownMax && (
        <p className="muted">{t("integration.retryAll.moreRefused", { value: words(refused - refusalsShownMax) })}</p>
      )}
      <Group justify="flex-end">
        <Button variant={phase === "done" ? "filled" : "default"} onClick={onClose}>
          {t(phase === "retrying" ? "integration.retryAll.stop" : "common.close")}
        </Button>
      </Group>
    </Stack>
  );
}
