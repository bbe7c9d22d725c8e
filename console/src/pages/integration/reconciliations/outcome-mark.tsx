import type { Reconciliation } from "@dozor/proto/monitoring/v1/reconciliation";
import { useTranslation } from "react-i18next";
import { Mark } from "../../../parts/mark.tsx";
import { outcomeOf } from "./outcome.ts";

const tones = { running: "moving", failed: "bad", differing: "waiting", equal: "good" } as const;

export function OutcomeMark({ reconciliation }: { reconciliation: Reconciliation }) {
  const { t } = useTranslation();
  const outcome = outcomeOf(reconciliation);
  return <Mark tone={tones[outcome]} text={t(`reconciliations.outcome.${outcome}`)} />;
}
