import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { LiveMark } from "../../../parts/live-mark.tsx";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import { PauseList } from "../pause-list.tsx";
import { usePauses } from "../use-pauses.ts";
import { BlockedLanes } from "./blocked-lanes.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { QueueFilters } from "./queue-filters.tsx";
import { QueueMessages } from "./queue-messages.tsx";
import { type QueueSearch, widened } from "./queue-search.ts";
import { QueueStrip } from "./queue-strip.tsx";
import { RetryMatchingDialog } from "./retry-matching-dialog.tsx";
import { changesShownMax, useQueueChanges } from "./use-queue-changes.ts";
import { useQueueList } from "./use-queue-list.ts";

type Props = { search: QueueSearch; service: JournalService; onChange: (search: QueueSearch) => void };

export function QueueBoard({ search, service, onChange }: Props) {
  const { t } = useTranslation();
  const list = useQueueList(search);
  const changes = useQueueChanges(search, list.messages);
  const pauses = usePauses();
  const searchBox = useRef<HTMLInputElement>(null);
  const [retrying, setRetrying] = useState(false);
  // The tables of groups and lanes ask for themselves; a new key has them ask again.
  const [look, setLook] = useState(0);
  const refresh = () => {
    changes.settle();
    list.refresh();
    setLook((before) => before + 1);
  };
  useShortcuts({ search: () => searchBox.current?.focus(), refresh });
  // Nothing stands where news would push it away, so that there is nothing to wait for.
  useEffect(() => {
    if (search.by || list.messages.length > 0 || changes.changedCount === 0 || list.isRefreshing) return;
    changes.settle();
    list.refresh();
  });
  const known = useMemo(
    () => ({
      sources: [...new Set(list.messages.map(({ source }) => source))].sort(),
      types: [...new Set(list.messages.map(({ requestType }) => requestType))].sort(),
    }),
    [list.messages],
  );
  const { by = "message" } = search;
  return (
    <>
      <PauseList shown={pauses.pauses} pauses={pauses} />
      <QueueStrip
        state={search.state}
        counts={list.counts}
        withSkipped={search.skipped ?? false}
        onState={(state) => onChange(withOnly(search, { state }))}
        onSkipped={(skipped) => onChange(withOnly(search, { skipped: skipped || undefined }))}
      />
      {/* The service tells of all lanes that are held up, whatever the filters. */}
      {by !== "lane" && <QueueFilters search={search} searchBox={searchBox} known={known} onChange={onChange} />}
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("integration.by.label")}
          value={by}
          data={(["message", "error", "lane"] as const).map((value) => ({
            value,
            label: t(`integration.by.${value}`),
          }))}
          onChange={(value) => {
            const chosen = value === "error" || value === "lane" ? value : undefined;
            onChange(withOnly(search, { by: chosen }));
          }}
        />
        <LiveMark state={changes.watch} />
        <span className={classes.spring} />
        <VerbButton
          label={t("integration.retryAll.button")}
          refusal={(list.counts?.failed ?? 0n) > 0n ? undefined : t("integration.retryAll.nothing")}
          primary={false}
          busy={false}
          onClick={() => setRetrying(true)}
        />
        <RefreshButton count={changes.changedCount} isRefreshing={list.isRefreshing} onRefresh={refresh} />
      </div>
      {by === "message" && (
        <QueueMessages
          list={list}
          search={search}
          service={service}
          onRetry={refresh}
          onClear={() => onChange(widened(search))}
        />
      )}
      {by === "error" && <ErrorGroups key={look} search={search} />}
      {by === "lane" && <BlockedLanes key={look} service={service} />}
      {retrying && (
        <RetryMatchingDialog
          search={search}
          service={service}
          onClose={() => {
            setRetrying(false);
            refresh();
          }}
        />
      )}
    </>
  );
}

/** The search with a part of it changed; what is undefined leaves it. */
function withOnly(search: QueueSearch, part: { [K in keyof QueueSearch]?: QueueSearch[K] | undefined }): QueueSearch {
  const entries = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined);
  // Every key and value comes from one of the two.
  return Object.fromEntries(entries) as QueueSearch;
}

function RefreshButton(props: { count: number; isRefreshing: boolean; onRefresh: () => void }) {
  const { t, i18n } = useTranslation();
  const { count } = props;
  const many = t("tasks.refreshMany", { value: formatCount(changesShownMax, i18n.language) });
  const some = count > changesShownMax ? many : t("tasks.refreshCount", { count });
  return (
    <div role="status">
      <Button variant={count > 0 ? "filled" : "default"} loading={props.isRefreshing} onClick={props.onRefresh}>
        {count > 0 ? some : t("tasks.refresh")}
      </Button>
    </div>
  );
}
