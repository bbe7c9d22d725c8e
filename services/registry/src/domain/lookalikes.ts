const cyrillic = "АВЕКМНОРСТУХ";
const latin = "ABEKMHOPCTYX";

const toLatin = new Map([...cyrillic].map((letter, index) => [letter, latin[index] ?? letter]));
const toCyrillic = new Map([...latin].map((letter, index) => [letter, cyrillic[index] ?? letter]));

/** Cyrillic letters that look like Latin ones become Latin; upper case is expected. */
export function foldLookalikes(text: string): string {
  return text.replace(/[АВЕКМНОРСТУХ]/g, (letter) => toLatin.get(letter) ?? letter);
}

/** The reverse: Latin letters that look like Cyrillic ones become Cyrillic. */
export function unfoldLookalikes(text: string): string {
  return text.replace(/[ABEKMHOPCTYX]/g, (letter) => toCyrillic.get(letter) ?? letter);
}
