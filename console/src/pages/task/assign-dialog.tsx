import { Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePeople } from "../../lib/use-people.ts";
import { ActionDialog } from "../../parts/action-dialog.tsx";
import type { TaskActions } from "./use-task-actions.ts";

const workers = ["analyst", "lead"];

/** Whom a task may be given to. */
export function AssignDialog({
  opened,
  onClose,
  actions,
}: {
  opened: boolean;
  onClose: () => void;
  actions: TaskActions;
}) {
  const { t } = useTranslation();
  const able = usePeople(workers, { enabled: opened });
  const [subject, setSubject] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    const person = able.find(({ user }) => user === subject);
    return person ? actions.assign(person.user, person.name) : false;
  };
  return (
    <ActionDialog
      opened={opened}
      onClose={onClose}
      title={t("task.assignDialog.title")}
      submit={t("task.assignDialog.submit")}
      busy={actions.busy}
      onSubmit={submit}
    >
      <Select
        data-autofocus
        required
        label={t("task.assignDialog.person")}
        data={able.map(({ user, name }) => ({ value: user, label: name || user }))}
        value={subject}
        searchable
        nothingFoundMessage={t("task.assignDialog.none")}
        error={tried && subject === null && t("common.required")}
        onChange={setSubject}
      />
    </ActionDialog>
  );
}
