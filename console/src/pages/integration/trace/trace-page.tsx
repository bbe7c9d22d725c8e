import { Code, ConnectError } from "@connectrpc/connect";
import { useQuery } from "@connectrpc/connect-query";
import { TraceService } from "@dozor/proto/monitoring/v1/trace";
import { skipToken } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { IntegrationFrame } from "../integration-frame.tsx";
import { TraceChain } from "./trace-chain.tsx";
import { TraceForm } from "./trace-form.tsx";
import { requestOf, type TraceSearch } from "./trace-search.ts";

/** Where an object is: from the record of its source to the verdicts about it, and which version everybody should have. */
export function TracePage() {
  return (
    <IntegrationFrame tab="trace">
      <TraceView />
    </IntegrationFrame>
  );
}

function TraceView() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/integration/trace" });
  const navigate = useNavigate({ from: "/integration/trace" });
  const request = requestOf(search);
  const { data, error, isFetching, refetch } = useQuery(TraceService.method.traceObject, request ?? skipToken, {
    staleTime: 0,
  });
  const ask = (next: TraceSearch) => {
    // The same question once more means: as it is now.
    if (JSON.stringify(next) === JSON.stringify(search)) void refetch();
    else void navigate({ search: next });
  };
  useShortcuts({ refresh: () => void refetch() });
  const notFound = error !== null && ConnectError.from(error).code === Code.NotFound;
  return (
    <>
      <TraceForm
        key={JSON.stringify(search)}
        search={search}
        known={{ source: data?.entity?.source, id: data?.entity?.externalId }}
        busy={isFetching}
        onAsk={ask}
      />
      {!request && <StatePanel title={t("integration.trace.start.title")} text={t("integration.trace.start.text")} />}
      {error && !notFound && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {notFound && (
        <StatePanel title={t("integration.trace.unknown.title")} text={t("integration.trace.unknown.text")} />
      )}
      {request && !data && !error && <LoadingRows rows={6} height={72} />}
      {data && !error && <TraceChain trace={data} />}
    </>
  );
}
