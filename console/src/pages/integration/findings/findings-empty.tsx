import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { type FindingsSearch, isNarrowed } from "./findings-search.ts";

/** Nothing doubtful is told apart from filters that nothing passes. */
export function FindingsEmpty({ search, onClear }: { search: FindingsSearch; onClear: () => void }) {
  const { t } = useTranslation();
  if (isNarrowed(search)) {
    return (
      <StatePanel title={t("tasks.noMatch.title")} text={t("findings.noMatch")}>
        <Button variant="default" onClick={onClear}>
          {t("tasks.clear")}
        </Button>
      </StatePanel>
    );
  }
  const key = search.state === undefined ? "empty" : "emptyState";
  return <StatePanel title={t(`findings.${key}.title`)} text={t(`findings.${key}.text`)} />;
}
