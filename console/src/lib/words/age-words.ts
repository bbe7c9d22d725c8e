import type { TFunction } from "i18next";
import { ageBetween } from "../company-time.ts";

/** "12 дн. назад", "через 3 ч"; bare: "12 дн." */
export function ageWords(at: Date, now: Date, t: TFunction, { bare = false } = {}): string {
  const age = ageBetween(at, now);
  if (age.unit === "now") return t("common.age.now");
  const length = t(`common.age.${age.unit}`, { value: age.value });
  if (bare) return length;
  return t(at > now ? "common.age.in" : "common.age.ago", { age: length });
}
