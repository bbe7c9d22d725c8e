import { Code, ConnectError } from "@connectrpc/connect";
import { useQuery } from "@connectrpc/connect-query";
import { ReportService } from "@dozor/proto/monitoring/v1/report";
import { TextInput } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { addDays, dayOf } from "../../lib/company-time.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { StatePanel } from "../../parts/state-panel.tsx";
import { ExportMenu } from "./export-menu.tsx";
import classes from "./report-page.module.css";
import { dimensionOf, reportDimensions } from "./report-search.ts";
import { ReportTable } from "./report-table.tsx";
import { ReportTotals } from "./report-totals.tsx";

const rowLimit = 200;

/** How much is watched and how much is wrong, by one dimension at a time; every number leads to what it counts. */
export function ReportPage() {
  const { t } = useTranslation();
  const { by = "indicator", date } = useSearch({ from: "/report" });
  const navigate = useNavigate({ from: "/report" });
  const dimension = dimensionOf(by);
  const { data, error, refetch, isPlaceholderData } = useQuery(
    ReportService.method.getSummary,
    { dimension, asOfDate: date ?? "", rowLimit },
    { placeholderData: keepPreviousData },
  );
  const noRun = error !== null && ConnectError.from(error).code === Code.NotFound;
  const yesterday = addDays(dayOf(new Date()), -1);
  return (
    <>
      <div className={classes.head}>
        <h1>{t("report.title")}</h1>
        {data?.asOf && <span className="muted">{t("report.asOfNow", { at: timeWords(data.asOf, { t }) })}</span>}
        <span className={classes.spring} />
        <label className={classes.date} htmlFor="report-date">
          <span className="muted">{t("report.asOfDate")}</span>
          <TextInput
            id="report-date"
            type="date"
            max={yesterday}
            value={date ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: chosen === "" ? { by } : { by, date: chosen }, replace: true });
            }}
          />
        </label>
        <ExportMenu dimension={dimension} />
      </div>
      {error && !noRun && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {noRun && (
        <StatePanel title={t("report.noRun")}>
          <Link to="/report" search={{ by }}>
            {t("report.now")}
          </Link>
        </StatePanel>
      )}
      {!data && !error && <LoadingRows rows={10} />}
      {data?.total && !error && (
        <>
          <ReportTotals total={data.total} isPast={date !== undefined} />
          <nav className={classes.tabs} aria-label={t("report.dimensionLabel")}>
            {reportDimensions.map((each) => (
              <Link
                key={each}
                to="/report"
                search={date === undefined ? { by: each } : { by: each, date }}
                aria-current={each === by ? "page" : undefined}
                replace
              >
                {t(`report.dimension.${each}`)}
              </Link>
            ))}
          </nav>
          {data.rows.length === 0 && !isPlaceholderData ? (
            <StatePanel title={t("report.empty.title")} text={t("report.empty.text")} />
          ) : (
            <ReportTable
              by={by}
              rows={isPlaceholderData ? [] : data.rows}
              total={data.total}
              rowCount={data.rowCount}
              isPast={date !== undefined}
            />
          )}
        </>
      )}
    </>
  );
}
