import { createInstance } from "i18next";
import { en } from "./en.ts";
import { ru } from "./ru.ts";

const catalogues = createInstance();
await catalogues.init({
  resources: { ru: { translation: ru }, en: { translation: en } },
  interpolation: { escapeValue: false },
});

/** The phrases of both languages, for tests of what turns facts into sentences. */
export const phrases = { ru: catalogues.getFixedT("ru"), en: catalogues.getFixedT("en") };
