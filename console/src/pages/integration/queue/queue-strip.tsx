import type { StateCounts } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { type CountCard, CountStrip } from "../../../parts/count-strip.tsx";
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
    count !== undefined && count >= countMax
      ? `${formatCount(count, i18n.language)}${t("integration.queue.orMore")}`
      : count;
  const cards: CountCard[] = [
    {
      key: "all",
      count: t("integration.queue.all"),
      label: t("integration.queue.allStates"),
      pressed: state === undefined,
      onPress: () => onState(undefined),
    },
    ...queueStates.map((each) => ({
      key: each,
      count: words(counts?.[each]),
      label: t(`integration.queue.states.${each}`),
      pressed: each === state,
      alarming: each === "failed" && (counts?.failed ?? 0n) > 0n,
      onPress: () => onState(each),
    })),
    {
      key: "skipped",
      count: words(counts?.skipped),
      label: t(withSkipped ? "integration.queue.skippedShown" : "integration.queue.skippedHidden"),
      pressed: withSkipped,
      title: t("integration.queue.skippedHint"),
      onPress: () => onSkipped(!withSkipped),
    },
  ];
  return <CountStrip label={t("integration.queue.strip")} cards={cards} />;
}
