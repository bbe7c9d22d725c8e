import { useInfiniteQuery, useQuery } from "@connectrpc/connect-query";
import { Dimension, ReportService } from "@dozor/proto/monitoring/v1/report";
import { SegmentedControl } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWords } from "../../lib/use-words.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { LoadMore } from "../../parts/load-more.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { StatePanel } from "../../parts/state-panel.tsx";
import { ReportAssetTable } from "./report-asset-table.tsx";
import classes from "./report-page.module.css";
import { dimensionOf } from "./report-search.ts";
import { rowName } from "./row-name.ts";

const pageSize = 100;

/** The assets behind a number of the report. */
export function ReportAssetsPage() {
  const { t } = useTranslation();
  const words = useWords();
  const search = useSearch({ from: "/report/assets" });
  const navigate = useNavigate({ from: "/report/assets" });
  const { by, key = "", only } = search;
  const dimension = by === undefined ? Dimension.TOTAL : dimensionOf(by);
  const list = useInfiniteQuery(
    ReportService.method.listReportAssets,
    { dimension, key, watchedOnly: only === "watched", withTaskOnly: only === "task", pageSize, pageToken: "" },
    { pageParamKey: "pageToken", getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined },
  );
  // For the name behind an id; the same question that the report has asked a moment ago.
  const summary = useQuery(
    ReportService.method.getSummary,
    { dimension, asOfDate: "", rowLimit: 200 },
    { enabled: by !== undefined },
  );
  const row = summary.data?.rows.find((each) => each.key === key) ?? { key, label: "" };
  const assets = (list.data?.pages ?? []).flatMap((page) => page.assets);
  const name = by && rowName(by, row, words);
  return (
    <>
      <div className={classes.head}>
        <div>
          <Link to="/report" search={by ? { by } : {}} className={classes.back}>
            ← {t("report.assets.back")}
          </Link>
          <h1>
            {t("report.assets.title")}
            {by && <span className="muted"> · {`${t(`report.columns.${by}`)}: ${name}`}</span>}
          </h1>
        </div>
        <span className={classes.spring} />
        <SegmentedControl
          size="xs"
          aria-label={t("report.assets.filter")}
          value={only ?? "all"}
          data={[
            { value: "all", label: t("report.assets.all") },
            { value: "watched", label: t("report.assets.watched") },
            { value: "task", label: t("report.assets.withTask") },
          ]}
          onChange={(value) => {
            const { only: _, ...rest } = search;
            const chosen = value === "watched" || value === "task" ? { ...rest, only: value } : rest;
            void navigate({ search: chosen as typeof search, replace: true });
          }}
        />
      </div>
      {list.error && <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LoadingRows rows={12} />}
      {list.data && assets.length === 0 && (
        <StatePanel title={t("report.assets.empty.title")} text={t("report.assets.empty.text")} />
      )}
      {assets.length > 0 && <ReportAssetTable assets={assets} />}
      {list.hasNextPage && <LoadMore loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />}
    </>
  );
}
