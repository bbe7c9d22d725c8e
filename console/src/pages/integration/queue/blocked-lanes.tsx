import { useInfiniteQuery } from "@connectrpc/connect-query";
import { type BlockedLane, IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { firstLine } from "../first-line.ts";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import own from "./queue.module.css";

const pageSize = 100;
const columns = ["waiting", "object", "source", "blockedBy", "since", "error"] as const;

/** Objects whose next messages wait, because one before them failed. */
export function BlockedLanes({ service }: { service: JournalService }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(
    IntegrationQueueService.method.listBlockedLanes,
    { pageSize, pageToken: "" },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
      staleTime: 0,
    },
  );
  if (list.error) return <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <LoadingRows rows={8} />;
  const lanes = list.data.pages.flatMap((page) => page.lanes);
  if (lanes.length === 0)
    return <StatePanel title={t("integration.lanes.empty.title")} text={t("integration.lanes.empty.text")} />;
  return (
    <>
      <div className={classes.frame}>
        <table className={`${classes.table} ${own.groups}`}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" data-column={column}>
                  {t(`integration.lanes.columns.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lanes.map((lane) => (
              <LaneRow key={`${lane.source} ${lane.objectId}`} lane={lane} service={service} />
            ))}
          </tbody>
        </table>
      </div>
      {list.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("common.loadMore")}
          </Button>
        </div>
      )}
    </>
  );
}

function LaneRow({ lane, service }: { lane: BlockedLane; service: JournalService }) {
  const { blockedBy } = lane;
  return (
    <tr>
      <td className="number">{lane.waitingCount}</td>
      <td className={`${classes.clip} mono`} title={lane.objectId}>
        {lane.objectId}
      </td>
      <td>{lane.source}</td>
      <td className="number">
        {blockedBy && (
          <Link to="/integration/$service/$recordId" params={{ service, recordId: blockedBy.recordId }}>
            {String(blockedBy.counter)}
          </Link>
        )}
      </td>
      <td className="nowrap">
        <TimeAgo at={blockedBy?.dateTimeUpdate} />
      </td>
      <td className={classes.whole}>{firstLine(blockedBy?.description ?? "")}</td>
    </tr>
  );
}
