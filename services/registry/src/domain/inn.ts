import { weightedCheckDigit } from "./check-digits.ts";

export type InnReading = {
  /** Digits as given, without separators. */
  inn: string;
  problem?: "length" | "check_digit" | "region" | "repeated" | "characters";
  /** A repair that passes, such as a leading zero lost in a numeric column. Never applied by itself. */
  suggestion?: string;
};

/** Taxpayer number of a company (10 digits) or a person (12 digits). */
export function readInn(raw: string): InnReading {
  const inn = raw.replace(/[\s\u00a0-]/g, "");
  const problem = problemOf(inn);
  if (problem === undefined) return { inn };
  const padded = `0${inn}`;
  const isRepaired = problem === "length" && (inn.length === 9 || inn.length === 11) && problemOf(padded) === undefined;
  return isRepaired ? { inn, problem, suggestion: padded } : { inn, problem };
}

export function isValidInn(inn: string): boolean {
  return problemOf(inn) === undefined;
}

/** INN of a foreign organisation, which Russian registers do not answer for. */
export function isForeignInn(inn: string): boolean {
  return inn.length === 10 && inn.startsWith("99");
}

function problemOf(inn: string): InnReading["problem"] {
  if (!/^\d*$/.test(inn)) return "characters";
  if (inn.length !== 10 && inn.length !== 12) return "length";
  if (/^(\d)\1*$/.test(inn)) return "repeated";
  if (inn.startsWith("00")) return "region";
  return hasCheckDigits(inn) ? undefined : "check_digit";
}

const companyWeights = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const personFirstWeights = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const personSecondWeights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

function hasCheckDigits(inn: string): boolean {
  if (inn.length === 10) return weightedCheckDigit(inn, companyWeights) === Number(inn[9]);
  return (
    weightedCheckDigit(inn, personFirstWeights) === Number(inn[10]) &&
    weightedCheckDigit(inn, personSecondWeights) === Number(inn[11])
  );
}
