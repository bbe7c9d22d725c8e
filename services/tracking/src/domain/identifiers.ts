const lookAlikes: Readonly<Record<string, string>> = {
  А: "A",
  В: "B",
  Е: "E",
  К: "K",
  М: "M",
  Н: "H",
  О: "O",
  Р: "P",
  С: "C",
  Т: "T",
  У: "Y",
  Х: "X",
};

const absenceMarkers = new Set(["ОТСУТСТВУЕТ", "НЕ УСТАНОВЛЕН", "НЕТ", "Б/Н"].map(folded));

/** A VIN as it is compared: upper case, no separators, Cyrillic look-alikes in Latin; "" when people wrote that there is none. */
export function normaliseVin(typed: string): string {
  return normalise(typed);
}

/** A registration plate in the Latin fold, under the same rules. */
export function normalisePlate(typed: string): string {
  return normalise(typed);
}

function normalise(typed: string): string {
  const text = folded(typed);
  return absenceMarkers.has(text) ? "" : text;
}

function folded(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\u200B\uFEFF.\-\u2010-\u2015\u2212]/g, "")
    .replace(/[АВЕКМНОРСТУХ]/g, (letter) => lookAlikes[letter] ?? letter);
}
