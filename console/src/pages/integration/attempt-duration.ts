import type { Duration } from "@bufbuild/protobuf/wkt";
import type { TFunction } from "i18next";

/** "340 мс", "1,2 с" */
export function attemptDuration(
  { seconds, nanos }: Pick<Duration, "seconds" | "nanos">,
  t: TFunction,
  language: string,
) {
  const ms = Number(seconds) * 1000 + nanos / 1_000_000;
  if (ms < 1000) return t("common.age.milliseconds", { value: Math.round(ms) });
  return t("common.age.seconds", {
    value: new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ms / 1000),
  });
}
