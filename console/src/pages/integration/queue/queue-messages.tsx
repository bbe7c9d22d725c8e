import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadMore } from "../../../parts/load-more.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import type { JournalService } from "../integration-services.ts";
import { isNarrowed, type QueueSearch } from "./queue-search.ts";
import { QueueTable } from "./queue-table.tsx";
import type { QueueList } from "./use-queue-list.ts";

type Props = {
  list: QueueList;
  search: QueueSearch;
  service: JournalService;
  onRetry: () => void;
  onClear: () => void;
};

/** The table, or what stands in its place. */
export function QueueMessages({ list, search, service, onRetry, onClear }: Props) {
  const { t } = useTranslation();
  if (list.error) return <ErrorPanel error={list.error} onRetry={onRetry} />;
  if (list.isPending) return <LoadingRows rows={12} height={36} />;
  if (list.messages.length === 0 && isNarrowed(search)) {
    return (
      <StatePanel title={t("tasks.noMatch.title")} text={t("integration.queue.noMatch")}>
        <Button variant="default" onClick={onClear}>
          {t("tasks.clear")}
        </Button>
      </StatePanel>
    );
  }
  if (list.messages.length === 0) {
    const key = search.state === "failed" ? "emptyFailed" : search.state ? "emptyState" : "empty";
    return <StatePanel title={t(`integration.queue.${key}.title`)} text={t(`integration.queue.${key}.text`)} />;
  }
  return (
    <>
      <QueueTable messages={list.messages} service={service} />
      {list.more && <LoadMore onMore={list.more} />}
    </>
  );
}
