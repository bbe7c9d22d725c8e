import { expect, test } from "bun:test";
import { phrases } from "../../i18n/test-phrases.ts";
import { durationWords } from "./duration-words.ts";

test("a duration is told in the units that say something about it", () => {
  const words = [340, 42_000, 200_000, 180_000, 3_900_000].map((ms) => durationWords(ms, phrases.ru));
  expect(words).toEqual(["340 мс", "42 с", "3 мин 20 с", "3 мин", "1 ч 5 мин"]);
  expect(durationWords(3_900_000, phrases.en)).toBe("1 h 5 min");
});
