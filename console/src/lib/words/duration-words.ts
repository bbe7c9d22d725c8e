import type { TFunction } from "i18next";

/** "340 мс", "42 с", "3 мин 20 с", "1 ч 5 мин". */
export function durationWords(ms: number, t: TFunction): string {
  if (ms < 1000) return t("common.age.milliseconds", { value: Math.round(ms) });
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t("common.age.seconds", { value: seconds });
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (minutes < 60) {
    const whole = t("common.age.minutes", { value: minutes });
    return rest === 0 ? whole : `${whole} ${t("common.age.seconds", { value: rest })}`;
  }
  const hours = t("common.age.hours", { value: Math.floor(minutes / 60) });
  return minutes % 60 === 0 ? hours : `${hours} ${t("common.age.minutes", { value: minutes % 60 })}`;
}
