import { useTranslation } from "react-i18next";
import { FactList } from "../../../parts/fact-list.tsx";
import classes from "../integration.module.css";
import { differenceKinds } from "./outcome.ts";
import own from "./reconciliations.module.css";

/** What each kind of difference means, and what becomes of it. */
export function DifferenceLegend() {
  const { t } = useTranslation();
  const facts = [...differenceKinds, "onItsWay" as const].map((kind) => ({
    label: t(`reconciliations.kind.${kind}`),
    value: t(`reconciliations.meaning.${kind}`),
  }));
  return (
    <section className={`${classes.panel} ${own.legend}`} aria-labelledby="legend-title">
      <h2 id="legend-title">{t("reconciliations.legend")}</h2>
      <FactList facts={facts} />
    </section>
  );
}
