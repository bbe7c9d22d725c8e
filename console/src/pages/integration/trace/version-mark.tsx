import { useTranslation } from "react-i18next";

type Props = { part: string; version: bigint; target: bigint };

/** "версия 3", marked with the one that it should be where that is another. Without a known target nothing is compared. */
export function VersionMark({ part, version, target }: Props) {
  const { t } = useTranslation();
  const differs = target > 0n && version !== target;
  return (
    <span className="number" data-part={part} data-version={String(version)} data-differs={differs}>
      {version > 0n ? t("integration.trace.version", { value: String(version) }) : t("integration.trace.nothing")}
      {differs && ` (${t("integration.trace.expected", { value: String(target) })})`}
    </span>
  );
}
