import { useTranslation } from "react-i18next";
import { useSession } from "../../../app/use-session.ts";

/** Who looks after a finding. */
export function OwnerWords({ owner }: { owner: string }) {
  const { t } = useTranslation();
  const session = useSession();
  if (owner === "") return <span className="muted">{t("findings.owner.nobody")}</span>;
  return <>{owner === session?.person.subject ? t("findings.owner.you", { owner }) : owner}</>;
}
