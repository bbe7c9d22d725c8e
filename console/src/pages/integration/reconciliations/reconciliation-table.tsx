import type { Reconciliation } from "@dozor/proto/monitoring/v1/reconciliation";
import { useTranslation } from "react-i18next";
import { dateOf } from "../../../lib/company-time.ts";
import { formatCount } from "../../../lib/numbers.ts";
import { durationWords } from "../../../lib/words/duration-words.ts";
import { timeWords } from "../../../lib/words/words-context.ts";
import { DataTable } from "../../../parts/data-table.tsx";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { firstLine } from "../first-line.ts";
import classes from "../integration.module.css";
import { outcomeOf } from "./outcome.ts";
import { OutcomeMark } from "./outcome-mark.tsx";
import own from "./reconciliations.module.css";
import { differenceWords } from "./result-words.ts";

const columns = [
  "state",
  "kind",
  "started",
  "took",
  "assets",
  "ranges",
  "differences",
  "repaired",
  "onItsWay",
] as const;

export function ReconciliationTable({ reconciliations }: { reconciliations: readonly Reconciliation[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      className={`${classes.columned} ${own.reconciliations}`}
      columns={columns.map((key) => ({ key, title: t(`reconciliations.columns.${key}`) }))}
    >
      {reconciliations.map((each) => (
        <ReconciliationRow key={each.id} reconciliation={each} />
      ))}
    </DataTable>
  );
}

function ReconciliationRow({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t, i18n } = useTranslation();
  const { startedAt, endedAt, thorough, error } = reconciliation;
  const count = (value: bigint | number) => formatCount(value, i18n.language);
  const differences = differenceWords(reconciliation, t, i18n.language);
  return (
    <tr data-reconciliation-id={reconciliation.id} data-outcome={outcomeOf(reconciliation)}>
      <td>
        <OutcomeMark reconciliation={reconciliation} />
      </td>
      <td>{t(thorough ? "reconciliations.thorough" : "reconciliations.quick")}</td>
      <td className="nowrap number">{startedAt ? timeWords(startedAt, { t }) : t("common.dash")}</td>
      <td className="nowrap number">
        {startedAt && endedAt ? (
          durationWords(dateOf(endedAt).getTime() - dateOf(startedAt).getTime(), t)
        ) : (
          <TimeAgo at={startedAt} bare />
        )}
      </td>
      <td className="number">{count(reconciliation.assetCount)}</td>
      <td className="nowrap number">
        {t("reconciliations.ofRanges", {
          value: count(reconciliation.differingRangeCount),
          whole: count(reconciliation.rangeCount),
        })}
      </td>
      <td className={classes.whole}>
        {differences || (error === "" && <span className="muted">{t("common.dash")}</span>)}
        {error !== "" && (
          <div className={own.error} title={error}>
            {firstLine(error)}
          </div>
        )}
      </td>
      <td className="number">{count(reconciliation.repairedCount)}</td>
      <td className="number">{count(reconciliation.onItsWayCount)}</td>
    </tr>
  );
}
