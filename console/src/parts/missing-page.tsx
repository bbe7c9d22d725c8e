import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { StatePanel } from "./state-panel.tsx";

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <StatePanel title={t("common.error.pageMissing")}>
      <Link to="/tasks">{t("common.error.toTasks")}</Link>
    </StatePanel>
  );
}
