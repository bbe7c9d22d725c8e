import { expect, test } from "bun:test";
import { en } from "./en.ts";
import { ru } from "./ru.ts";

const pluralForms = { ru: ["few", "many", "one", "other"], en: ["one", "other"] };

function leaves(node: unknown, path = ""): Map<string, string> {
  if (typeof node === "string") return new Map([[path, node]]);
  const found = new Map<string, string>();
  for (const [key, child] of Object.entries(node ?? {})) {
    for (const [deep, text] of leaves(child, path === "" ? key : `${path}.${key}`)) found.set(deep, text);
  }
  return found;
}

const withoutForm = (key: string) => key.replace(/_(one|few|many|other)$/, "");
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]))].sort();

test("every phrase exists in both languages", () => {
  const keysOf = (catalogue: object) => [...new Set([...leaves(catalogue).keys()].map(withoutForm))].sort();
  expect(keysOf(en)).toEqual(keysOf(ru));
});

test("a phrase asks for the same parameters in both languages", () => {
  const wanted = new Map([...leaves(ru)].map(([key, text]) => [withoutForm(key), placeholders(text)]));
  for (const [key, text] of leaves(en)) {
    expect({ key, placeholders: placeholders(text) }).toEqual({
      key,
      placeholders: wanted.get(withoutForm(key)) ?? [],
    });
  }
});

test.each(["ru", "en"] as const)("counted phrases have every plural form of %s", (language) => {
  const forms = new Map<string, string[]>();
  for (const key of leaves(language === "ru" ? ru : en).keys()) {
    const form = /_(one|few|many|other)$/.exec(key)?.[1];
    if (form !== undefined) forms.set(withoutForm(key), [...(forms.get(withoutForm(key)) ?? []), form].sort());
  }
  expect(forms.size).toBeGreaterThan(0);
  for (const [key, present] of forms) expect({ key, present }).toEqual({ key, present: pluralForms[language] });
});

test("no phrase is left empty or untranslated", () => {
  for (const [key, text] of leaves(ru)) expect(`${key}: ${text}`).not.toMatch(/: $/);
  for (const [key, text] of leaves(en)) {
    if (key !== "common.language.ru") expect(`${key}: ${text}`).not.toMatch(/[а-яё]/i);
  }
});
