import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import { useTranslation } from "react-i18next";
import { dateOf } from "../../../lib/company-time.ts";
import { ageWords } from "../../../lib/words/age-words.ts";
import { TimeAgo } from "../../../parts/time-ago.tsx";

/** How long it has been true, or was until it had gone. */
export function FindingAge({ finding: { foundAt, goneAt } }: { finding: Pick<Finding, "foundAt" | "goneAt"> }) {
  const { t } = useTranslation();
  if (!foundAt || !goneAt) return <TimeAgo at={foundAt} bare />;
  return <>{ageWords(dateOf(foundAt), dateOf(goneAt), t, { bare: true })}</>;
}
