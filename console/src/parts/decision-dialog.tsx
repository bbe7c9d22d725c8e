import { Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionDialog } from "./action-dialog.tsx";

type Props<C extends string> = {
  opened: boolean;
  title: string;
  submit: string;
  /** What is decided between, each with what it means. */
  choiceLabel: string;
  choices: readonly { value: C; label: string; description: string }[];
  reasonLabel: string;
  reasonLengthMax: number;
  busy: boolean;
  onClose: () => void;
  /** Answers whether the dialog has done its work and may close. */
  onSubmit: (choice: C, reason: string) => Promise<boolean>;
};

/** Asks for a decision and why. */
export function DecisionDialog<C extends string>({ choices, busy, onSubmit, ...texts }: Props<C>) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<C>();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    return choice !== undefined && reason.trim() !== "" && (await onSubmit(choice, reason.trim()));
  };
  return (
    <ActionDialog
      opened={texts.opened}
      onClose={texts.onClose}
      title={texts.title}
      submit={texts.submit}
      busy={busy}
      onSubmit={submit}
    >
      <Radio.Group
        label={texts.choiceLabel}
        required
        value={choice ?? null}
        error={tried && choice === undefined && t("common.required")}
        onChange={(chosen) => setChoice(choices.find(({ value }) => value === chosen)?.value)}
      >
        <Stack gap="xs" mt="xs">
          {choices.map((each) => (
            <Radio key={each.value} value={each.value} label={each.label} description={each.description} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        required
        label={texts.reasonLabel}
        value={reason}
        maxLength={texts.reasonLengthMax}
        autosize
        minRows={3}
        error={tried && reason.trim() === "" && t("common.required")}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
