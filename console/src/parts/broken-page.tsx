import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "./error-panel.tsx";

/** A fault of ours while a page was drawn; the rest of the console stays usable. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <ErrorPanel
      error={error instanceof Error ? error : new Error(String(error))}
      title={t("common.error.page")}
      onRetry={reset}
    />
  );
}
