const legalForms: readonly (readonly [RegExp, string])[] = [
  [/^общество с ограниченной ответственностью\s+/i, "ООО "],
  [/^публичное акционерное общество\s+/i, "ПАО "],
  [/^(?:открытое|закрытое)?\s*акционерное общество\s+/i, "АО "],
  [/^индивидуальный предприниматель\s+/i, "ИП "],
];

/** A company's name as people write it: the legal form in letters, quotation marks of the language. */
export function shortPartyName(name: string): string {
  const [form, short] = legalForms.find(([pattern]) => pattern.test(name)) ?? [];
  const shortened = form && short !== undefined ? name.replace(form, short) : name;
  return shortened.replace(/"([^"]+)"/g, "«$1»");
}
