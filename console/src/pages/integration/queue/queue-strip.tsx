import type { StateCounts } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import classes from "../../../parts/count-strip.module.css";
import { type QueueState, queueStates } from "./queue-search.ts";

// The service counts no further while somebody waits.
const countMax = 10_000n;

type Props = {
  state: QueueState | undefined;
  counts: StateCounts | undefined;
  withSkipped: boolean;
  onState: (state: QueueState | undefined) => void;
  onSkipped: (withSkipped: boolean) => void;
};

/** How many messages are in each state under the filters; each number shows its messages. */
export function QueueStrip({ state, counts, withSkipped, onState, onSkipped }: Props) {
  const { t, i18n } = useTranslation();
  const words = (count: bigint | undefined) =>
    count === undefined
      ? t("common.dash")
      : `${formatCount(count, i18n.language)}${count >= countMax ? t("integration.queue.orMore") : ""}`;
  return (
    <fieldset className={classes.strip} aria-label={t("integration.queue.strip")}>
      <button
        type="button"
        className={classes.card}
        aria-pressed={state === undefined}
        onClick={() => onState(undefined)}
      >
        <strong>{t("integration.queue.all")}</strong>
        <span>{t("integration.queue.allStates")}</span>
      </button>
      {queueStates.map((each) => (
        <button
          key={each}
          type="button"
          className={classes.card}
          data-alarming={each === "failed" && (counts?.failed ?? 0n) > 0n}
          aria-pressed={each === state}
          onClick={() => onState(each)}
        >
          <strong>{words(counts?.[each])}</strong>
          <span>{t(`integration.queue.states.${each}`)}</span>
        </button>
      ))}
      <button
        type="button"
        className={classes.card}
        aria-pressed={withSkipped}
        title={t("integration.queue.skippedHint")}
        onClick={() => onSkipped(!withSkipped)}
      >
        <strong>{words(counts?.skipped)}</strong>
        <span>{t(withSkipped ? "integration.queue.skippedShown" : "integration.queue.skippedHidden")}</span>
      </button>
    </fieldset>
  );
}
