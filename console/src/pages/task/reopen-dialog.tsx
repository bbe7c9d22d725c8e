import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionDialog } from "../../parts/action-dialog.tsx";
import type { TaskActions } from "./use-task-actions.ts";

export function ReopenDialog({
  opened,
  onClose,
  actions,
}: {
  opened: boolean;
  onClose: () => void;
  actions: TaskActions;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    return reason.trim() === "" ? false : actions.reopen(reason.trim());
  };
  return (
    <ActionDialog
      opened={opened}
      onClose={onClose}
      title={t("task.reopenDialog.title")}
      submit={t("task.reopenDialog.submit")}
      busy={actions.busy}
      onSubmit={submit}
    >
      <Textarea
        data-autofocus
        required
        label={t("task.reopenDialog.reason")}
        value={reason}
        maxLength={2000}
        autosize
        minRows={3}
        error={tried && reason.trim() === "" && t("common.required")}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
