import { useTranslation } from "react-i18next";
import type { WatchState } from "../lib/use-watch.ts";
import classes from "./marks.module.css";

/** Whether what is seen follows the service: a dot and a word. */
export function LiveMark({ state }: { state: WatchState }) {
  const { t } = useTranslation();
  return (
    <span className={classes.live} data-state={state}>
      {t(`common.live.${state}`)}
    </span>
  );
}
