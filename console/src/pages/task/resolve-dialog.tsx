import { TaskOutcome } from "@dozor/proto/monitoring/v1/task";
import { useTranslation } from "react-i18next";
import { DecisionDialog } from "../../parts/decision-dialog.tsx";
import type { TaskActions } from "./use-task-actions.ts";

const outcomes = {
  confirmed_risk: TaskOutcome.CONFIRMED_RISK,
  false_positive: TaskOutcome.FALSE_POSITIVE,
  not_actionable: TaskOutcome.NOT_ACTIONABLE,
} as const;
const keys = ["confirmed_risk", "false_positive", "not_actionable"] as const;

type Props = { opened: boolean; onClose: () => void; actions: TaskActions };

export function ResolveDialog({ opened, onClose, actions }: Props) {
  const { t } = useTranslation();
  return (
    <DecisionDialog
      opened={opened}
      onClose={onClose}
      title={t("task.resolveDialog.title")}
      submit={t("task.resolveDialog.submit")}
      choiceLabel={t("task.resolveDialog.outcome")}
      choices={keys.map((value) => ({
        value,
        label: t(`common.outcome.${value}`),
        description: t(`task.resolveDialog.outcomeHint.${value}`),
      }))}
      reasonLabel={t("task.resolveDialog.note")}
      reasonLengthMax={10_000}
      busy={actions.busy}
      onSubmit={(outcome, note) => actions.resolve(outcomes[outcome], note)}
    />
  );
}
