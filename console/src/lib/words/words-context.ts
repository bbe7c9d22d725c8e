import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { TFunction } from "i18next";
import { dateOf, formatDateTime } from "../company-time.ts";

/** What turns facts into a sentence: the phrases, the number format and the names of regions. */
export type WordsContext = {
  t: TFunction;
  language: string;
  /** Name of a federal subject or district in the language; the code itself when it is not known. */
  regionName: (code: string) => string;
};

/** "10.11.2026 14:05 МСК" */
export function timeWords(at: Timestamp, { t }: Pick<WordsContext, "t">): string {
  return `${formatDateTime(dateOf(at))} ${t("common.zone")}`;
}
