import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type { ru } from "./ru.ts";

export const languages = ["ru", "en"] as const;
export type Language = (typeof languages)[number];
/** Russian is the base: the other languages have its keys (a test holds them to it). */
type Catalogue = typeof ru;

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Catalogue };
  }
}

const storageKey = "dozor.language";
const catalogues: Record<Language, () => Promise<object>> = {
  ru: async () => (await import("./ru.ts")).ru,
  en: async () => (await import("./en.ts")).en,
};

function isLanguage(value: string | null | undefined): value is Language {
  return languages.some((language) => language === value);
}

/** The i18next instance of the console, with the catalogue of the language that the person chose last, else Russian. */
export async function startLanguage(): Promise<i18n> {
  const stored = localStorage.getItem(storageKey);
  const language: Language = isLanguage(stored) ? stored : "ru";
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await catalogues[language]() } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
  return instance;
}

export async function chooseLanguage(instance: i18n, language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, "translation")) {
    instance.addResourceBundle(language, "translation", await catalogues[language]());
  }
  await instance.changeLanguage(language);
  localStorage.setItem(storageKey, language);
  document.documentElement.lang = language;
}
