import { type Task, TaskState } from "@dozor/proto/monitoring/v1/task";
import { Button, Group, Kbd, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../lib/use-shortcuts.ts";
import type { TaskActions } from "./use-task-actions.ts";

export function CommentBox({ task, actions }: { task: Task; actions: TaskActions }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  // One id for one text: sent twice after a lost answer, it is kept once.
  const requestId = useRef(crypto.randomUUID());
  useShortcuts({ comment: () => box.current?.focus() });
  const send = async () => {
    if (text.trim() === "" || actions.busy) return;
    if (!(await actions.comment(text.trim(), requestId.current))) return;
    setText("");
    requestId.current = crypto.randomUUID();
  };
  return (
    <div>
      <Textarea
        ref={box}
        label={t("task.comment.label")}
        placeholder={t("task.comment.placeholder")}
        description={task.state === TaskState.OPEN ? t("task.comment.claims") : undefined}
        value={text}
        maxLength={10_000}
        autosize
        minRows={2}
        maxRows={10}
        onChange={(event) => {
          setText(event.currentTarget.value);
          requestId.current = crypto.randomUUID();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <Group justify="flex-end" gap="xs" mt={6}>
        <Kbd size="xs">{t("task.comment.shortcut")}</Kbd>
        <Button variant="default" loading={actions.busy} disabled={text.trim() === ""} onClick={() => void send()}>
          {t("task.comment.send")}
        </Button>
      </Group>
    </div>
  );
}
