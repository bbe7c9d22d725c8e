import type { WordsContext } from "./words-context.ts";

const namedMax = 3;

/** "А, Б, В и ещё 75": the first few by name, the others by number. */
export function listWords(names: readonly string[], { t }: Pick<WordsContext, "t">): string {
  const list = names.slice(0, namedMax).join(", ");
  return names.length > namedMax ? t("words.andMore", { list, value: names.length - namedMax }) : list;
}
