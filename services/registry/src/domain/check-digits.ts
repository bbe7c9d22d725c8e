/** Weighted sum of the leading digits, modulo 11, modulo 10: the check digit of an INN. */
export function weightedCheckDigit(digits: string, weights: readonly number[]): number {
  return (weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11) % 10;
}

/** Remainder of the number before the last digit, modulo `divisor`, modulo 10: the check digit of an OGRN. */
export function remainderCheckDigit(digits: string, divisor: number): number {
  return (Number(digits.slice(0, -1)) % divisor) % 10;
}
