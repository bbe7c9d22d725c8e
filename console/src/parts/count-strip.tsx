import { useTranslation } from "react-i18next";
import { formatCount } from "../lib/numbers.ts";
import classes from "./count-strip.module.css";

export type CountCard = {
  key: string;
  /** A number, a word in its place, or nothing as long as it is not known. */
  count: bigint | number | string | undefined;
  label: string;
  pressed: boolean;
  title?: string;
  wide?: boolean;
  alarming?: boolean;
  onPress: () => void;
};

/** Counts above a list; each shows what it counts. */
export function CountStrip({ label, cards }: { label: string; cards: readonly CountCard[] }) {
  const { t, i18n } = useTranslation();
  const words = (count: CountCard["count"]) => {
    if (count === undefined) return t("common.dash");
    return typeof count === "string" ? count : formatCount(count, i18n.language);
  };
  return (
    <fieldset className={classes.strip} aria-label={label}>
      {cards.map((card) => (
        <button
          key={card.key}
          type="button"
          className={card.wide ? `${classes.card} ${classes.wide}` : classes.card}
          data-alarming={card.alarming ?? false}
          aria-pressed={card.pressed}
          title={card.title}
          onClick={card.onPress}
        >
          <strong>{words(card.count)}</strong>
          <span>{card.label}</span>
        </button>
      ))}
    </fieldset>
  );
}
