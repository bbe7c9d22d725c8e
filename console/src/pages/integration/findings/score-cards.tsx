import type { SourceScore } from "@dozor/proto/integration/v1/data_quality";
import { useTranslation } from "react-i18next";
import { formatCount, formatPercent } from "../../../lib/numbers.ts";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { ruleWords } from "./finding-words.ts";
import own from "./findings.module.css";

const sharesShown = 3;

type Props = {
  scores: readonly SourceScore[];
  /** The source whose findings are shown. */
  chosen: string | undefined;
  onChoose: (source: string | undefined) => void;
};

/** How far each source can be trusted, and what is wrong most often. The name of a source shows its findings. */
export function ScoreCards({ scores, chosen, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  if (scores.length === 0) return null;
  const count = (value: bigint) => formatCount(value, i18n.language);
  return (
    <section className={own.scores} aria-label={t("findings.score.title")}>
      {scores.map((score) => (
        <article key={score.source} className={own.score} data-source={score.source}>
          <header>
            <button
              type="button"
              aria-pressed={score.source === chosen}
              onClick={() => onChoose(score.source === chosen ? undefined : score.source)}
            >
              {score.source}
            </button>
            <span className="muted">
              {t("findings.score.measured")} <TimeAgo at={score.measuredAt} />
            </span>
          </header>
          <div className={own.scoreBody}>
            <div className={own.percent}>
              <strong data-good={score.doubtfulCount === 0n}>{formatPercent(score.score, i18n.language)}</strong>
              <span className="muted">
                {t("findings.score.doubtful", {
                  value: count(score.doubtfulCount),
                  whole: count(score.entityCount),
                })}
              </span>
            </div>
            <ul>
              {score.shares.slice(0, sharesShown).map(({ rule, entityCount }) => (
                <li key={rule}>
                  <span>{ruleWords(rule, t)}</span>
                  <span className="number">{count(entityCount)}</span>
                </li>
              ))}
            </ul>
          </div>
        </article>
      ))}
    </section>
  );
}
