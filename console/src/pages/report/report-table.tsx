import type { SummaryRow } from "@dozor/proto/monitoring/v1/report";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { DimensionKey } from "../../lib/enum-keys.ts";
import { formatCount, formatShare } from "../../lib/numbers.ts";
import { useWords } from "../../lib/use-words.ts";
import { taskListOf } from "./report-links.ts";
import classes from "./report-page.module.css";
import { rowName } from "./row-name.ts";

type Props = {
  by: DimensionKey;
  rows: readonly SummaryRow[];
  total: SummaryRow;
  rowCount: number;
  /** Numbers of a past day are not links: what they counted has moved on. */
  isPast: boolean;
};

export function ReportTable({ by, rows, total, rowCount, isPast }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const { language } = words;
  const most = Math.max(1, ...rows.map(({ taskCount }) => Number(taskCount)));
  return (
    <div className={classes.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t(`report.columns.${by}`)}</th>
            <th scope="col">{t("report.columns.assets")}</th>
            <th scope="col">{t("report.columns.watched")}</th>
            <th scope="col">{t("report.columns.tasks")}</th>
            <th scope="col">{t("report.columns.violations")}</th>
            <th scope="col">{t("report.columns.share")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{rowName(by, row, words)}</th>
              <td>
                <Count value={row.assetCount} to={isPast ? undefined : { by, key: row.key }} />
              </td>
              <td>
                <Count value={row.watchedAssetCount} to={isPast ? undefined : { by, key: row.key, only: "watched" }} />
              </td>
              <td>
                <TaskCount by={by} row={row} isPast={isPast} />
              </td>
              <td>{formatCount(row.violationCount, language)}</td>
              <td>
                <span className={classes.bar}>
                  <meter min={0} max={most} value={Number(row.taskCount)} aria-label={t("report.columns.share")} />
                  <span>{formatShare(row.taskCount, total.taskCount, language)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rowCount > rows.length && rows.length > 0 && (
        <p className={classes.shown}>
          {t("report.shownRows", { shown: formatCount(rows.length, language), total: formatCount(rowCount, language) })}
        </p>
      )}
    </div>
  );
}

function Count({
  value,
  to,
}: {
  value: bigint;
  to: { by: DimensionKey; key: string; only?: "watched" | "task" } | undefined;
}) {
  const { i18n } = useTranslation();
  const text = formatCount(value, i18n.language);
  if (to === undefined || value === 0n) return <>{text}</>;
  return (
    <Link to="/report/assets" search={to}>
      {text}
    </Link>
  );
}

function TaskCount({ by, row, isPast }: { by: DimensionKey; row: SummaryRow; isPast: boolean }) {
  const { i18n } = useTranslation();
  const search = taskListOf(by, row.key);
  if (isPast || row.taskCount === 0n || !search) {
    return <Count value={row.taskCount} to={isPast ? undefined : { by, key: row.key, only: "task" }} />;
  }
  return (
    <Link to="/tasks" search={search}>
      {formatCount(row.taskCount, i18n.language)}
    </Link>
  );
}
