import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./shortcut-help.module.css";

const groups = {
  list: { next: "J", previous: "K", enter: "Enter", claim: "C", search: "/", refresh: "R" },
  task: {
    next: "J",
    previous: "K",
    claim: "C",
    snooze: "S",
    resolve: "E",
    comment: "M",
    send: "Ctrl + Enter",
    backToList: "Esc",
  },
  everywhere: { thisHelp: "?" },
} as const;

export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows = (
    keys: Partial<Record<keyof (typeof groups)["list"] | keyof (typeof groups)["task"] | "thisHelp", string>>,
  ) =>
    Object.entries(keys).map(([name, key]) => (
      <div key={name} className={classes.row}>
        <dt>{t(`common.help.${name as keyof (typeof groups)["task"]}`)}</dt>
        <dd>
          <Kbd>{key}</Kbd>
        </dd>
      </div>
    ));
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("common.help.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className={classes.groups}>
        {(["list", "task", "everywhere"] as const).map((group) => (
          <section key={group}>
            <h3>{t(`common.help.${group}`)}</h3>
            <dl>{rows(groups[group])}</dl>
          </section>
        ))}
      </div>
      <p className="muted">{t("common.help.note")}</p>
    </Modal>
  );
}
