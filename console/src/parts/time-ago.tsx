import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { useTranslation } from "react-i18next";
import { dateOf } from "../lib/company-time.ts";
import { useNow } from "../lib/use-now.ts";
import { ageWords } from "../lib/words/age-words.ts";
import { timeWords } from "../lib/words/words-context.ts";

/** How long ago, with the exact moment in the company's zone behind it. `bare` leaves out "ago". */
export function TimeAgo({ at, bare = false }: { at: Timestamp | undefined; bare?: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!at) return <>{t("common.dash")}</>;
  return (
    <time dateTime={dateOf(at).toISOString()} title={timeWords(at, { t })}>
      {ageWords(dateOf(at), now, t, { bare })}
    </time>
  );
}
