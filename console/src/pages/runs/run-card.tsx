import { useQuery } from "@connectrpc/connect-query";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import type { Run } from "@dozor/proto/monitoring/v1/run";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../lib/company-time.ts";
import { runStateKeys } from "../../lib/enum-keys.ts";
import { formatCount } from "../../lib/numbers.ts";
import { useNow } from "../../lib/use-now.ts";
import { durationWords } from "../../lib/words/duration-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import tables from "../../parts/data-table.module.css";
import { durationMs, hasEnded } from "./run-numbers.ts";
import { RunProgress } from "./run-progress.tsx";
import { RunProof } from "./run-proof.tsx";
import classes from "./runs-page.module.css";

const kinds = ["violated", "clear", "unknown", "failed"] as const;

export function RunCard({ run, title }: { run: Run; title: string }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const now = useNow();
  const state = runStateKeys[run.state];
  const { counts } = run;
  return (
    <section className={classes.card} aria-label={title}>
      <div className={classes.cardHead}>
        <h2>
          {title} · {formatDay(run.businessDate)}
        </h2>
        {state && (
          <span className={classes.state} data-run-state={state}>
            {t(`runs.state.${state}`)}
          </span>
        )}
        <span className="muted">
          {[
            run.asOf && t("runs.asOf", { at: timeWords(run.asOf, { t }) }),
            run.startedBy ? t("runs.startedBy", { name: run.startedBy }) : t("runs.bySchedule"),
            hasEnded(run) && t("runs.took", { age: durationWords(durationMs(run, now), t) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      <RunProgress run={run} />
      <dl className={classes.numbers}>
        {kinds.map((kind) => (
          <div key={kind} data-kind={kind}>
            <dt>{t(`runs.counts.${kind}`)}</dt>
            <dd>{formatCount(counts?.[kind] ?? 0n, language)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("runs.counts.assets")}</dt>
          <dd>{formatCount(run.watchedAssetCount, language)}</dd>
        </div>
        <div>
          <dt>{t("runs.counts.indicators")}</dt>
          <dd>{formatCount(run.indicatorCount, language)}</dd>
        </div>
      </dl>
      <ByIndicator run={run} />
      <RunProof run={run} />
    </section>
  );
}

function ByIndicator({ run }: { run: Run }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(IndicatorService.method.listIndicators, { includeArchived: true }, { staleTime: 60_000 });
  const rows = Object.entries(run.countsByIndicator).sort(([, a], [, b]) => Number(b.violated - a.violated));
  if (rows.length === 0) return null;
  // Keyed by the indicator's key or its id, whichever the service chose to send.
  const nameOf = (key: string) => {
    const found = data?.indicators.find((each) => each.key === key || each.indicatorId === key);
    return found?.published?.name || found?.key || key;
  };
  return (
    <div className={tables.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("runs.columns.indicator")}</th>
            {(["planned", ...kinds] as const).map((kind) => (
              <th key={kind} scope="col">
                {t(`runs.counts.${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, counts]) => (
            <tr key={key}>
              <th scope="row">{nameOf(key)}</th>
              {(["planned", ...kinds] as const).map((kind) => (
                <td key={kind} data-kind={counts[kind] > 0n ? kind : undefined}>
                  {formatCount(counts[kind], i18n.language)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
