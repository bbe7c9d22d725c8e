import { TaskOutcome } from "@dozor/proto/monitoring/v1/task";
import { Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionDialog } from "../../parts/action-dialog.tsx";
import type { TaskActions } from "./use-task-actions.ts";

const outcomes = {
  confirmed_risk: TaskOutcome.CONFIRMED_RISK,
  false_positive: TaskOutcome.FALSE_POSITIVE,
  not_actionable: TaskOutcome.NOT_ACTIONABLE,
} as const;
const keys = ["confirmed_risk", "false_positive", "not_actionable"] as const;

export function ResolveDialog({
  opened,
  onClose,
  actions,
}: {
  opened: boolean;
  onClose: () => void;
  actions: TaskActions;
}) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<keyof typeof outcomes>();
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (outcome === undefined || note.trim() === "") return false;
    return actions.resolve(outcomes[outcome], note.trim());
  };
  return (
    <ActionDialog
      opened={opened}
      onClose={onClose}
      title={t("task.resolveDialog.title")}
      submit={t("task.resolveDialog.submit")}
      busy={actions.busy}
      onSubmit={submit}
    >
      <Radio.Group
        label={t("task.resolveDialog.outcome")}
        required
        value={outcome ?? null}
        error={tried && outcome === undefined && t("task.required")}
        onChange={(value) => setOutcome(keys.find((key) => key === value))}
      >
        <Stack gap="xs" mt="xs">
          {keys.map((key) => (
            <Radio
              key={key}
              value={key}
              label={t(`common.outcome.${key}`)}
              description={t(`task.resolveDialog.outcomeHint.${key}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        required
        label={t("task.resolveDialog.note")}
        value={note}
        maxLength={10_000}
        autosize
        minRows={3}
        error={tried && note.trim() === "" && t("task.required")}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
