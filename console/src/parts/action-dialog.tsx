import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Props = {
  opened: boolean;
  title: string;
  submit: string;
  busy: boolean;
  onClose: () => void;
  /** Answers whether the dialog has done its work and may close. */
  onSubmit: () => Promise<boolean>;
  children: ReactNode;
};

/** The frame of every dialog that asks for something before it acts: fields, then the verb, Ctrl+Enter from any field. */
export function ActionDialog({ opened, title, submit, busy, onClose, onSubmit, children }: Props) {
  const { t } = useTranslation();
  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!busy && (await onSubmit())) onClose();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form
        noValidate
        onSubmit={(event) => void send(event)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      >
        <Stack gap="sm">
          {children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
