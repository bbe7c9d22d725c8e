import { useInfiniteQuery } from "@connectrpc/connect-query";
import { type BlockedLane, IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paged } from "../../../lib/paged.ts";
import rows from "../../../parts/data-table.module.css";
import { DataTable } from "../../../parts/data-table.tsx";
import { PagedList } from "../../../parts/paged-list.tsx";
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
  const list = useInfiniteQuery(IntegrationQueueService.method.listBlockedLanes, { pageSize, pageToken: "" }, paged);
  const lanes = (list.data?.pages ?? []).flatMap((page) => page.lanes);
  const empty = lanes.length === 0 && (
    <StatePanel title={t("integration.lanes.empty.title")} text={t("integration.lanes.empty.text")} />
  );
  return (
    <PagedList list={list} empty={empty}>
      <DataTable
        className={`${classes.columned} ${own.groups}`}
        columns={columns.map((key) => ({ key, title: t(`integration.lanes.columns.${key}`) }))}
      >
        {lanes.map((lane) => (
          <LaneRow key={`${lane.source} ${lane.objectId}`} lane={lane} service={service} />
        ))}
      </DataTable>
    </PagedList>
  );
}

function LaneRow({ lane, service }: { lane: BlockedLane; service: JournalService }) {
  const { blockedBy } = lane;
  return (
    <tr>
      <td className="number">{lane.waitingCount}</td>
      <td className={`${rows.clip} mono`} title={lane.objectId}>
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
