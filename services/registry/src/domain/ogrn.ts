import { remainderCheckDigit } from "./check-digits.ts";

export type OgrnReading = { ogrn: string; problem?: "length" | "check_digit" | "first_digit" | "characters" };

/** State registration number of a company (13 digits) or a sole trader (15 digits). */
export function readOgrn(raw: string): OgrnReading {
  const ogrn = raw.replace(/[\s\u00a0-]/g, "");
  const problem = problemOf(ogrn);
  return problem === undefined ? { ogrn } : { ogrn, problem };
}

export function isValidOgrn(ogrn: string): boolean {
  return problemOf(ogrn) === undefined;
}

// 13 digits fit a double exactly, 14 digits do too: plain numbers are safe here.
function problemOf(ogrn: string): OgrnReading["problem"] {
  if (!/^\d*$/.test(ogrn)) return "characters";
  if (ogrn.length === 13) {
    if (!/^[1-9]/.test(ogrn)) return "first_digit";
    return remainderCheckDigit(ogrn, 11) === Number(ogrn[12]) ? undefined : "check_digit";
  }
  if (ogrn.length !== 15) return "length";
  if (!/^[34]/.test(ogrn)) return "first_digit";
  return remainderCheckDigit(ogrn, 13) === Number(ogrn[14]) ? undefined : "check_digit";
}
