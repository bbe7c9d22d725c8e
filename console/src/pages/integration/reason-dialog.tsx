import { Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionDialog } from "../../parts/action-dialog.tsx";

type Props = {
  opened: boolean;
  title: string;
  note?: ReactNode;
  hint?: string;
  submit: string;
  busy: boolean;
  /** A verb that loses nothing may go without. */
  optional?: boolean;
  onClose: () => void;
  /** Answers whether it was done. */
  onSubmit: (reason: string) => Promise<boolean>;
};

/** Asks why before it acts: the reason stands in the journal beside the name. */
export function ReasonDialog({ opened, title, note, hint, submit, busy, optional = false, onClose, onSubmit }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const error = !optional && reason.trim() === "" ? t("common.required") : undefined;
  const close = () => {
    setReason("");
    setTried(false);
    onClose();
  };
  const send = async () => {
    setTried(true);
    return error === undefined && (await onSubmit(reason.trim()));
  };
  return (
    <ActionDialog opened={opened} title={title} submit={submit} busy={busy} onClose={close} onSubmit={send}>
      {note && <div className="muted">{note}</div>}
      <Textarea
        data-autofocus
        required={!optional}
        label={t("integration.reason")}
        placeholder={hint ?? t("integration.reasonHint")}
        value={reason}
        maxLength={2000}
        autosize
        minRows={3}
        error={tried && error}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
