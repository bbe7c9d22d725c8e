import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionDialog } from "../../parts/action-dialog.tsx";
import { fetchDevUsers } from "../sign-in/dev-users.ts";
import type { TaskActions } from "./use-task-actions.ts";

/** Whom a task may be given to. Until an identity provider can list people, they are those of development mode. */
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
  const users = useQuery({
    queryKey: ["dev-users"],
    queryFn: ({ signal }) => fetchDevUsers(signal),
    enabled: opened,
    retry: false,
  });
  const [subject, setSubject] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const people = Array.isArray(users.data) ? users.data : [];
  const able = people.filter(({ roles }) => roles.includes("analyst") || roles.includes("lead"));
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
        error={tried && subject === null && t("task.required")}
        onChange={setSubject}
      />
    </ActionDialog>
  );
}
