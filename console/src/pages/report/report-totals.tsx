import type { SummaryRow } from "@dozor/proto/monitoring/v1/report";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatCount, formatShare } from "../../lib/numbers.ts";
import classes from "./report-page.module.css";

/** Four numbers that answer "how are we doing". Those of a past day lead nowhere: its list is gone. */
export function ReportTotals({ total, isPast }: { total: SummaryRow; isPast: boolean }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const { assetCount, watchedAssetCount, taskCount, violationCount } = total;
  const count = (value: bigint) => formatCount(value, language);
  const watchedShare = formatShare(watchedAssetCount, assetCount, language);
  const taskShare = formatShare(taskCount, watchedAssetCount, language);
  return (
    <dl className={classes.totals}>
      <div>
        <dt>{t("report.totals.assets")}</dt>
        <dd>{isPast ? count(assetCount) : <Link to="/report/assets">{count(assetCount)}</Link>}</dd>
      </div>
      <div>
        <dt>{t("report.totals.watched")}</dt>
        <dd>
          {isPast ? (
            count(watchedAssetCount)
          ) : (
            <Link to="/report/assets" search={{ only: "watched" }}>
              {count(watchedAssetCount)}
            </Link>
          )}
          <small>{t("report.totals.watchedShare", { value: watchedShare })}</small>
        </dd>
      </div>
      <div>
        <dt>{t("report.totals.tasks")}</dt>
        <dd>
          {isPast ? (
            count(taskCount)
          ) : (
            <Link to="/tasks" search={{ view: "active" }}>
              {count(taskCount)}
            </Link>
          )}
          <small>{t("report.totals.taskShare", { value: taskShare })}</small>
        </dd>
      </div>
      <div>
        <dt>{t("report.totals.violations")}</dt>
        <dd>{count(violationCount)}</dd>
      </div>
    </dl>
  );
}
