import { useTranslation } from "react-i18next";

const kinds = ["asset", "counterparty", "device"] as const;

/** What kind of thing a finding is about. */
export function EntityKindWords({ kind }: { kind: string }) {
  const { t } = useTranslation();
  const known = kinds.find((each) => each === kind);
  return <>{known ? t(`integration.entityKind.${known}`) : kind}</>;
}
