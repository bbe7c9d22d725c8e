import type { Run } from "@dozor/proto/monitoring/v1/run";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../lib/company-time.ts";
import { runStateKeys } from "../../lib/enum-keys.ts";
import { formatCount } from "../../lib/numbers.ts";
import { useNow } from "../../lib/use-now.ts";
import { durationWords } from "../../lib/words/duration-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import tables from "../../parts/data-table.module.css";
import { durationMs } from "./run-numbers.ts";
import classes from "./runs-page.module.css";

const kinds = ["planned", "violated", "clear", "unknown", "failed"] as const;

export function RunTable({ runs, chosenId }: { runs: readonly Run[]; chosenId: string | undefined }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <div className={tables.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("runs.columns.date")}</th>
            <th scope="col">{t("runs.columns.state")}</th>
            {kinds.map((kind) => (
              <th key={kind} scope="col">
                {t(`runs.counts.${kind}`)}
              </th>
            ))}
            <th scope="col">{t("runs.columns.started")}</th>
            <th scope="col">{t("runs.columns.took")}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const state = runStateKeys[run.state];
            return (
              <tr key={run.runId} data-chosen={run.runId === chosenId}>
                <th scope="row">
                  <Link to="/runs" search={{ run: run.runId }} aria-current={run.runId === chosenId || undefined}>
                    {formatDay(run.businessDate)}
                  </Link>
                </th>
                <td>
                  {state && (
                    <span className={classes.state} data-run-state={state}>
                      {t(`runs.state.${state}`)}
                    </span>
                  )}
                </td>
                {kinds.map((kind) => (
                  <td key={kind}>{formatCount(run.counts?.[kind] ?? 0n, i18n.language)}</td>
                ))}
                <td className="nowrap">{run.startedAt ? timeWords(run.startedAt, { t }) : t("common.dash")}</td>
                <td className="nowrap">{durationWords(durationMs(run, now), t)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
