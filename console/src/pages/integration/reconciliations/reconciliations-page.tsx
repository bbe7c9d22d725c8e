import { useInfiniteQuery } from "@connectrpc/connect-query";
import { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { keepPreviousData } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paged } from "../../../lib/paged.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { PagedList } from "../../../parts/paged-list.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { IntegrationFrame } from "../integration-frame.tsx";
import { CompareBar } from "./compare-bar.tsx";
import { DifferenceLegend } from "./difference-legend.tsx";
import { ReconciliationTable } from "./reconciliation-table.tsx";
import { useCompareNow } from "./use-compare-now.ts";

const pageSize = 50;
// As long as one runs, so that its end is seen.
const lookAgainMs = 4_000;

/** What comparisons of monitoring with registry found, newest first. */
export function ReconciliationsPage() {
  const { t } = useTranslation();
  return (
    <IntegrationFrame tab="reconciliations" aside={<span className="muted">{t("reconciliations.about")}</span>}>
      <ReconciliationsBoard />
    </IntegrationFrame>
  );
}

function ReconciliationsBoard() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/integration/reconciliations" });
  const navigate = useNavigate({ from: "/integration/reconciliations" });
  const onlyTroubled = search.troubled ?? false;
  const list = useInfiniteQuery(
    ReconciliationService.method.listReconciliations,
    { pageSize, pageToken: "", onlyTroubled },
    {
      ...paged,
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) => {
        const newest = state.data?.pages[0]?.reconciliations ?? [];
        return newest.some(({ endedAt }) => !endedAt) && lookAgainMs;
      },
    },
  );
  const compareNow = useCompareNow(list.refetch);
  const refresh = () => void list.refetch();
  useShortcuts({ refresh });
  const reconciliations = (list.data?.pages ?? []).flatMap((page) => page.reconciliations);
  const emptyKey = onlyTroubled ? "emptyTroubled" : "empty";
  return (
    <>
      <CompareBar
        search={search}
        onChange={(next) => void navigate({ search: next, replace: true })}
        compareNow={compareNow}
        isRefreshing={list.isFetching}
        onRefresh={refresh}
      />
      <PagedList
        list={list}
        empty={
          reconciliations.length === 0 && (
            <StatePanel title={t(`reconciliations.${emptyKey}.title`)} text={t(`reconciliations.${emptyKey}.text`)} />
          )
        }
      >
        <ReconciliationTable reconciliations={reconciliations} />
      </PagedList>
      <DifferenceLegend />
    </>
  );
}
