import { useQuery } from "@connectrpc/connect-query";
import { type Run, RunService } from "@dozor/proto/monitoring/v1/run";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../lib/company-time.ts";
import { useWatch } from "../../lib/use-watch.ts";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { LiveMark } from "../../parts/live-mark.tsx";
import { LoadingRows } from "../../parts/loading-rows.tsx";
import { StatePanel } from "../../parts/state-panel.tsx";
import { RunCard } from "./run-card.tsx";
import { RunTable } from "./run-table.tsx";
import classes from "./runs-page.module.css";
import { StartRunButton } from "./start-run-button.tsx";

const shownRunsMax = 60;

/** The newest run as it goes, or the one chosen, and all that were before. */
export function RunsPage() {
  const { t } = useTranslation();
  const { run: chosenId } = useSearch({ from: "/runs" });
  const list = useQuery(RunService.method.listRuns, { pageSize: shownRunsMax });
  const [live, setLive] = useState<Run>();
  const watch = useWatch(
    RunService.method.watchRun,
    { runId: "" },
    ({ run }) => {
      if (!run) return;
      setLive(run);
      // A new run, or the end of one, changes the list below.
      if (run.runId !== live?.runId || run.state !== live.state) void list.refetch();
    },
    { endless: true },
  );
  const runs = list.data?.runs ?? [];
  const newest = live ?? runs[0];
  const chosen = useQuery(
    RunService.method.getRun,
    { run: { case: "runId", value: chosenId ?? "" } },
    { enabled: chosenId !== undefined && chosenId !== newest?.runId },
  );
  const isNewest = chosenId === undefined || chosenId === newest?.runId;
  const shown = isNewest ? newest : chosen.data?.run;
  const error = list.error ?? (isNewest ? null : chosen.error);
  return (
    <>
      <div className={classes.head}>
        <h1>{t("runs.title")}</h1>
        <LiveMark state={watch} />
        <span className={classes.spring} />
        <StartRunButton />
      </div>
      {error && <ErrorPanel error={error} onRetry={() => void list.refetch()} />}
      {list.isPending && !live && <LoadingRows rows={8} />}
      {list.data && runs.length === 0 && !live && (
        <StatePanel title={t("runs.empty.title")} text={t("runs.empty.text")} />
      )}
      {shown && (
        <RunCard
          key={shown.runId}
          run={shown}
          title={isNewest ? t("runs.newest") : t("runs.runOf", { date: formatDay(shown.businessDate) })}
        />
      )}
      {runs.length > 0 && (
        <section aria-labelledby="runs-title">
          <h2 id="runs-title" className={classes.listTitle}>
            {t("runs.list")}
          </h2>
          <RunTable runs={runs.map((run) => (run.runId === live?.runId ? live : run))} chosenId={shown?.runId} />
        </section>
      )}
    </>
  );
}
