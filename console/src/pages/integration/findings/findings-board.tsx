import { useInfiniteQuery, useQuery } from "@connectrpc/connect-query";
import { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { Button, SegmentedControl, Select } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSession } from "../../../app/use-session.ts";
import { paged } from "../../../lib/paged.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { PagedList } from "../../../parts/paged-list.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import { FindingTable } from "./finding-table.tsx";
import own from "./findings.module.css";
import { FindingsEmpty } from "./findings-empty.tsx";
import { type FindingsSearch, findingViews, readFindingsSearch, requestOf, widened } from "./findings-search.ts";
import { RuleStrip } from "./rule-strip.tsx";
import { ScoreCards } from "./score-cards.tsx";

const pageSize = 100;

type Props = { search: FindingsSearch; service: JournalService; onChange: (search: FindingsSearch) => void };

export function FindingsBoard({ search, service, onChange }: Props) {
  const { t } = useTranslation();
  const me = useSession()?.person.subject ?? "";
  const list = useInfiniteQuery(
    DataQualityService.method.listFindings,
    { ...requestOf(search, me), pageSize, pageToken: "" },
    { ...paged, placeholderData: keepPreviousData },
  );
  const scores = useQuery(DataQualityService.method.getScores, {}, { staleTime: 0 });
  const refresh = () => {
    void list.refetch();
    void scores.refetch();
  };
  useShortcuts({ refresh });
  const change = (part: { [K in keyof FindingsSearch]?: string | null | undefined }) =>
    onChange(readFindingsSearch({ ...search, ...part }));
  const findings = (list.data?.pages ?? []).flatMap((page) => page.findings);
  const sources = [
    ...(scores.data?.scores ?? []).map(({ source }) => source),
    ...findings.map(({ source }) => source),
    ...(search.source ? [search.source] : []),
  ];
  return (
    <>
      <ScoreCards
        scores={scores.data?.scores ?? []}
        chosen={search.source}
        onChoose={(source) => change({ source: source ?? null })}
      />
      <RuleStrip
        counts={list.data?.pages[0]?.countsByRule}
        chosen={search.rule}
        onChoose={(rule) => change({ rule: rule ?? null })}
      />
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("findings.state.label")}
          value={search.state ?? "open"}
          data={findingViews.map((value) => ({ value, label: t(`findings.views.${value}`) }))}
          onChange={(state) => change({ state })}
        />
        <Select
          className={own.filter ?? ""}
          aria-label={t("findings.owner.label")}
          placeholder={t("findings.owner.anyone")}
          data={(["me", "none"] as const).map((value) => ({ value, label: t(`findings.owner.${value}`) }))}
          value={search.owner ?? null}
          clearable
          clearButtonProps={{ "aria-label": t("findings.owner.anyone") }}
          onChange={(owner) => change({ owner })}
        />
        <Select
          className={own.filter ?? ""}
          aria-label={t("findings.columns.source")}
          placeholder={t("findings.anySource")}
          data={[...new Set(sources)].sort()}
          value={search.source ?? null}
          clearable
          clearButtonProps={{ "aria-label": t("findings.anySource") }}
          onChange={(source) => change({ source })}
        />
        <span className={classes.spring} />
        <Button variant="default" loading={list.isFetching} onClick={refresh}>
          {t("tasks.refresh")}
        </Button>
      </div>
      <PagedList
        list={list}
        empty={findings.length === 0 && <FindingsEmpty search={search} onClear={() => onChange(widened(search))} />}
      >
        <FindingTable findings={findings} service={service} />
      </PagedList>
    </>
  );
}
