import { useQuery } from "@connectrpc/connect-query";
import { type ErrorGroup, IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import rows from "../../../parts/data-table.module.css";
import { DataTable } from "../../../parts/data-table.tsx";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { firstLine } from "../first-line.ts";
import classes from "../integration.module.css";
import own from "./queue.module.css";
import { filterOf, type QueueSearch } from "./queue-search.ts";

const groupsMax = 200;
const columns = ["count", "error", "source", "type", "first", "last"] as const;

/** Failed messages by their error: an outage is one line. Each number shows its messages. */
export function ErrorGroups({ search }: { search: QueueSearch }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(
    IntegrationQueueService.method.listErrorGroups,
    { filter: filterOf(search), limit: groupsMax },
    { placeholderData: keepPreviousData, staleTime: 0 },
  );
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingRows rows={8} />;
  if (data.groups.length === 0)
    return <StatePanel title={t("integration.groups.empty.title")} text={t("integration.groups.empty.text")} />;
  return (
    <DataTable
      className={`${classes.columned} ${own.groups}`}
      columns={columns.map((key) => ({ key, title: t(`integration.groups.columns.${key}`) }))}
    >
      {data.groups.map((group) => (
        <GroupRow key={`${group.source} ${group.requestType} ${group.fingerprint}`} group={group} search={search} />
      ))}
    </DataTable>
  );
}

function GroupRow({ group, search }: { group: ErrorGroup; search: QueueSearch }) {
  const { t, i18n } = useTranslation();
  const { by: _, ...rest } = search;
  const { fingerprint, source, requestType } = group;
  const messages: QueueSearch = { ...rest, state: "failed", fingerprint, source, type: requestType };
  const count = formatCount(group.count, i18n.language);
  return (
    <tr>
      <td className="number">
        <Link to="/integration" search={messages} aria-label={t("integration.groups.show", { value: count })}>
          {count}
        </Link>
      </td>
      <td className={classes.whole}>{firstLine(group.example)}</td>
      <td>{source}</td>
      <td className={rows.clip} title={requestType}>
        {requestType}
      </td>
      <td className="nowrap">
        <TimeAgo at={group.firstAt} />
      </td>
      <td className="nowrap">
        <TimeAgo at={group.lastAt} />
      </td>
    </tr>
  );
}
