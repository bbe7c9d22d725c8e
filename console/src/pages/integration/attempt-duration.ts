import type { Duration } from "@bufbuild/protobuf/wkt";
import type { TFunction } from "i18next";

/** "340 мс", "1,2 с" */
export function attemptDuration(
  { seconds, nanos }: Pick<Duration, "seconds" | "nanos">,
  t: TFunction,
  language: string,
) {
  const ms = Number(seconds) * 1000 + nanos / 1_000_000;
  if (ms < 1000) return t("integration.milliseconds", { value: Math.round(ms) });
  return t("runs.seconds", { value: new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(ms / 1000) });
}
