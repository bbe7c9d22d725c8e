import type { DeadLetter } from "@dozor/proto/integration/v1/dead_letter";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { type Fact, FactList } from "../../../parts/fact-list.tsx";
import classes from "../integration.module.css";

const reasons = ["undecodable", "failed"] as const;

export function LetterFacts({ letter, headers }: { letter: DeadLetter; headers: Record<string, string> }) {
  const { t } = useTranslation();
  const reason = reasons.find((each) => each === letter.reason);
  const facts: Fact[] = [
    {
      label: t("integration.letters.fields.reason"),
      value: reason ? t(`integration.letters.reasons.${reason}`) : letter.reason,
    },
    { label: t("integration.letters.fields.consumer"), value: letter.consumer },
    { label: t("integration.letters.fields.schema"), value: letter.schema, mono: true },
    { label: t("integration.letters.fields.attempts"), value: String(letter.attempts) },
    { label: t("integration.letters.fields.created"), value: letter.createdAt && timeWords(letter.createdAt, { t }) },
    { label: t("integration.letters.fields.updated"), value: letter.updatedAt && timeWords(letter.updatedAt, { t }) },
    { label: t("integration.letters.fields.settledBy"), value: letter.settledBy },
    { label: t("integration.letters.fields.settlement"), value: letter.settlement },
    { label: t("integration.letters.fields.stream"), value: letter.stream, mono: true },
    { label: t("integration.letters.fields.subject"), value: letter.subject, mono: true },
    { label: t("integration.letters.fields.messageId"), value: letter.messageId, mono: true },
  ];
  const headerFacts = Object.entries(headers).map(([label, value]) => ({ label, value, mono: true }));
  return (
    <>
      <section className={classes.panel} aria-labelledby="fields-title">
        <h2 id="fields-title">{t("integration.fields.title")}</h2>
        <FactList facts={facts} />
      </section>
      {headerFacts.length > 0 && (
        <section className={classes.panel} aria-labelledby="headers-title">
          <h2 id="headers-title">{t("integration.letters.headers")}</h2>
          <FactList facts={headerFacts} />
        </section>
      )}
    </>
  );
}
