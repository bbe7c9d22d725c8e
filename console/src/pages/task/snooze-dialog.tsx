import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addDays, dayOf, formatDay, instantOf } from "../../lib/company-time.ts";
import { ActionDialog } from "../../parts/action-dialog.tsx";
import type { TaskActions } from "./use-task-actions.ts";

const presets = { tomorrow: 1, days3: 3, week: 7, month: 30 } as const;
const daysMax = 179;
const returnHour = 9;

export function SnoozeDialog({
  opened,
  onClose,
  actions,
}: {
  opened: boolean;
  onClose: () => void;
  actions: TaskActions;
}) {
  const { t } = useTranslation();
  const today = dayOf(new Date());
  const [until, setUntil] = useState(() => addDays(today, presets.days3));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const last = addDays(today, daysMax);
  const dateError = until > today && until <= last ? undefined : t("task.dateRange", { max: formatDay(last) });
  const reasonError = reason.trim() === "" ? t("common.required") : undefined;
  const submit = async () => {
    setTried(true);
    if (dateError !== undefined || reasonError !== undefined) return false;
    return actions.snooze(instantOf(until, returnHour), reason.trim());
  };
  return (
    <ActionDialog
      opened={opened}
      onClose={onClose}
      title={t("task.snoozeDialog.title")}
      submit={t("task.snoozeDialog.submit")}
      busy={actions.busy}
      onSubmit={submit}
    >
      <div className="muted">{t("task.snoozeDialog.note")}</div>
      <Group gap="xs">
        {Object.entries(presets).map(([name, days]) => (
          <Button
            key={name}
            variant={until === addDays(today, days) ? "filled" : "default"}
            aria-pressed={until === addDays(today, days)}
            onClick={() => setUntil(addDays(today, days))}
          >
            {t(`task.snoozeDialog.presets.${name as keyof typeof presets}`)}
          </Button>
        ))}
      </Group>
      <TextInput
        type="date"
        required
        label={t("task.snoozeDialog.until")}
        min={addDays(today, 1)}
        max={last}
        value={until}
        error={tried && dateError}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <Textarea
        data-autofocus
        required
        label={t("task.snoozeDialog.reason")}
        placeholder={t("task.snoozeDialog.reasonHint")}
        value={reason}
        maxLength={2000}
        autosize
        minRows={3}
        error={tried && reasonError}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
