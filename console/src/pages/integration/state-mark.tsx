import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import type { DeadLetter } from "@dozor/proto/integration/v1/dead_letter";
import type { Message } from "@dozor/proto/integration/v1/queue";
import type { HopState } from "@dozor/proto/monitoring/v1/trace";
import { useTranslation } from "react-i18next";
import { Mark } from "../../parts/mark.tsx";
import { deadLetterStateKeys, findingStateKeys, hopStateKeys, shownState } from "./integration-keys.ts";

const messageTones = {
  created: "waiting",
  received: "moving",
  processed: "good",
  failed: "bad",
  skipped: "quiet",
} as const;
const letterTones = { open: "bad", retry: "moving", processed: "good", discarded: "quiet" } as const;
const findingTones = { open: "bad", settled: "good", gone: "quiet" } as const;
const hopTones = { equal: "good", behind: "waiting", missing: "bad", unreachable: "quiet", different: "bad" } as const;

export function MessageStateMark({ message }: { message: Pick<Message, "requestState" | "skippedAt"> }) {
  const { t } = useTranslation();
  const key = shownState(message);
  return key ? <Mark tone={messageTones[key]} text={t(`integration.state.${key}`)} /> : null;
}

export function LetterStateMark({ state }: { state: DeadLetter["state"] }) {
  const { t } = useTranslation();
  const key = deadLetterStateKeys[state];
  return key ? <Mark tone={letterTones[key]} text={t(`integration.letterState.${key}`)} /> : null;
}

export function FindingStateMark({ state }: { state: Finding["state"] }) {
  const { t } = useTranslation();
  const key = findingStateKeys[state];
  return key ? <Mark tone={findingTones[key]} text={t(`findings.state.${key}`)} /> : null;
}

export function HopMark({ state }: { state: HopState }) {
  const { t } = useTranslation();
  const key = hopStateKeys[state];
  return key ? <Mark tone={hopTones[key]} text={t(`integration.hop.${key}`)} /> : null;
}
