import { useQuery } from "@connectrpc/connect-query";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import type { TracedRun } from "@dozor/proto/monitoring/v1/trace";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../../lib/company-time.ts";
import classes from "./trace.module.css";

/** What the newest runs found, and by which version of the snapshot where it is another than the target. */
export function TraceRuns({ runs, target }: { runs: readonly TracedRun[]; target: bigint }) {
  const { t } = useTranslation();
  const { data } = useQuery(IndicatorService.method.listIndicators, { includeArchived: true }, { staleTime: 60_000 });
  const nameOf = (key: string) => data?.indicators.find((each) => each.key === key)?.published?.name || key;
  if (runs.length === 0) return <span className="muted">{t("integration.trace.noVerdicts")}</span>;
  return (
    <ul className={classes.runs}>
      {runs.map((run) => (
        <li key={run.runId}>
          <Link to="/runs" search={{ run: run.runId }}>
            {t("integration.trace.run", { date: formatDay(run.businessDate) })}
          </Link>
          <ul>
            {run.verdicts.map((verdict) => (
              <li key={verdict.indicatorKey} data-violated={verdict.result === VerdictResult.VIOLATED}>
                {nameOf(verdict.indicatorKey)}:{" "}
                {t(
                  verdict.result === VerdictResult.VIOLATED
                    ? "integration.trace.violated"
                    : "integration.trace.unknownVerdict",
                )}
                {verdict.unknownReason && <span className="mono muted"> {verdict.unknownReason}</span>}
                {verdict.assetVersion > 0n && verdict.assetVersion !== target && (
                  <span data-differs="true">
                    {" "}
                    {t("integration.trace.judged", { value: String(verdict.assetVersion) })}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
