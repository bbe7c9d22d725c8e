/** Code of the reason for registration at a tax office: 9 characters without a check digit. Sole traders have none. */
export function isValidKpp(kpp: string): boolean {
  return /^\d{4}[\dA-Z]{2}\d{3}$/.test(kpp);
}
