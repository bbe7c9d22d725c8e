import { TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePeople } from "../../../lib/use-people.ts";
import { ActionDialog } from "../../../parts/action-dialog.tsx";
import { findingKeepers } from "./finding-refusals.ts";

type Props = {
  opened: boolean;
  busy: boolean;
  onClose: () => void;
  /** Answers whether it is over. */
  onSubmit: (owner: string) => Promise<boolean>;
};

/** Names who shall look after it, by the subject of their account: known people are offered, any other can be typed. */
export function AssignFindingDialog({ opened, busy, onClose, onSubmit }: Props) {
  const { t } = useTranslation();
  const listId = useId();
  const people = usePeople(findingKeepers, { enabled: opened });
  const [owner, setOwner] = useState("");
  const [tried, setTried] = useState(false);
  const error = owner.trim() === "" ? t("common.required") : undefined;
  const submit = async () => {
    setTried(true);
    return error === undefined && (await onSubmit(owner.trim()));
  };
  return (
    <ActionDialog
      opened={opened}
      title={t("findings.assignDialog.title")}
      submit={t("findings.assignDialog.submit")}
      busy={busy}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        data-autofocus
        required
        label={t("findings.assignDialog.person")}
        description={t("findings.assignDialog.hint")}
        value={owner}
        maxLength={200}
        list={listId}
        autoComplete="off"
        error={tried && error}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {people.map(({ user, name }) => (
          <option key={user} value={user}>
            {name}
          </option>
        ))}
      </datalist>
    </ActionDialog>
  );
}
