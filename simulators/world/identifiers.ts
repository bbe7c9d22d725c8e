/** Numbers of the Russian registers and of vehicles, made so that their check digits are right. */

const INN10_WEIGHTS = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN11_WEIGHTS = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN12_WEIGHTS = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const VIN_VALUES: Record<string, number> = {
  ...{ A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8, J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 },
  ...{ S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 },
};
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789";
const PLATE_LETTERS = "АВЕКМНОРСТУХ";

/** INN of a company, 10 digits: `region` is the tax code of the subject, `serial` below 3,000,000 is unique. */
export function companyInn(region: string, serial: number): string {
  const head = region + pad(1 + Math.floor(serial / 100_000), 2) + pad(serial % 100_000, 5);
  return head + innDigit(head, INN10_WEIGHTS);
}

/** INN of a person or sole trader, 12 digits; `serial` below 30,000,000 is unique. */
export function personInn(region: string, serial: number): string {
  const head = region + pad(1 + Math.floor(serial / 1_000_000), 2) + pad(serial % 1_000_000, 6);
  const eleven = head + innDigit(head, INN11_WEIGHTS);
  return eleven + innDigit(eleven, INN12_WEIGHTS);
}

/** OGRN of a company, 13 digits; `serial` below 10,000,000. */
export function companyOgrn(region: string, year: number, serial: number): string {
  const head = `1${pad(year % 100, 2)}${region}${pad(serial, 7)}`;
  return head + ((Number(head) % 11) % 10);
}

/** OGRNIP of a sole trader, 15 digits; `serial` below 1,000,000,000. */
export function soleTraderOgrn(region: string, year: number, serial: number): string {
  const head = `3${pad(year % 100, 2)}${region}${pad(serial, 9)}`;
  return head + ((Number(head) % 13) % 10);
}

export function isInn(text: string): boolean {
  if (/^\d{10}$/.test(text)) return !/^0+$/.test(text) && innDigit(text, INN10_WEIGHTS) === text[9];
  if (!/^\d{12}$/.test(text) || /^0+$/.test(text)) return false;
  return innDigit(text, INN11_WEIGHTS) === text[10] && innDigit(text, INN12_WEIGHTS) === text[11];
}

export function isOgrn(text: string): boolean {
  if (/^[15]\d{12}$/.test(text)) return String((Number(text.slice(0, 12)) % 11) % 10) === text[12];
  return /^3\d{14}$/.test(text) && String((Number(text.slice(0, 14)) % 13) % 10) === text[14];
}

/** Foreign organisations carry an INN that begins with 99; Kontur.Focus knows none of them. */
export function isForeignInn(text: string): boolean {
  return text.startsWith("99");
}

/** The same number with a check digit that is surely wrong. */
export function breakLastDigit(text: string): string {
  return text.slice(0, -1) + ((Number(text.at(-1)) + 1) % 10);
}

/** VIN of 17 characters with a right check digit; `serial` below 1,000,000 is unique within a maker and year. */
export function vin(maker: string, model: number, year: number, serial: number): string {
  const letter = (n: number) => VIN_LETTERS[n % VIN_LETTERS.length] ?? "A";
  const descriptor = `${letter(model)}${letter(model * 7 + 3)}${pad(model % 1000, 3)}`;
  const yearSign = VIN_YEARS[(year - 2010 + 30) % 30] ?? "A";
  const draft = `${maker}${descriptor}0${yearSign}0${pad(serial, 6)}`;
  return draft.slice(0, 8) + vinCheckDigit(draft) + draft.slice(9);
}

export function isVin(text: string): boolean {
  return /^[A-HJ-NPR-Z0-9]{13}\d{4}$/.test(text) && new Set(text).size > 1;
}

export function vinCheckDigit(text: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const sign = text[i] ?? "0";
    sum += (VIN_VALUES[sign] ?? Number(sign)) * (VIN_WEIGHTS[i] ?? 0);
  }
  return sum % 11 === 10 ? "X" : String(sum % 11);
}

/** Plate of a car, unique for `serial` below 1,726,272, whatever the region code. */
export function carPlate(regionCode: string, serial: number): string {
  const number = pad(1 + (serial % 999), 3);
  const letters = plateLetters(Math.floor(serial / 999), 3);
  return `${letters[0]}${number}${letters.slice(1)}${regionCode}`;
}

/** Plate of a trailer: two letters, four digits. */
export function trailerPlate(regionCode: string, serial: number): string {
  return `${plateLetters(Math.floor(serial / 9999), 2)}${pad(1 + (serial % 9999), 4)}${regionCode}`;
}

/** Plate of a self-propelled machine: four digits, two letters. */
export function machinePlate(regionCode: string, serial: number): string {
  return `${pad(1 + (serial % 9999), 4)}${plateLetters(Math.floor(serial / 9999), 2)}${regionCode}`;
}

export function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

function innDigit(text: string, weights: readonly number[]): string {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * Number(text[i]);
  return String((sum % 11) % 10);
}

function plateLetters(value: number, count: number): string {
  let rest = value;
  let letters = "";
  for (let i = 0; i < count; i++) {
    letters = (PLATE_LETTERS[rest % 12] ?? "А") + letters;
    rest = Math.floor(rest / 12);
  }
  return letters;
}
