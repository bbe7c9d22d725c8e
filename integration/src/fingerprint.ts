const maskedParts: readonly [RegExp, string][] = [
  [/\bhttps?:\/\/\S+/gi, "<address>"],
  [/\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b/g, "<address>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/"[^"]*"|'[^']*'|«[^»]*»|“[^”]*”/g, "<text>"],
  [/\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b/gi, "<id>"],
  [/\d+([.,:]\d+)*/g, "<number>"],
];

/** Equal for errors that differ only in numbers, ids, addresses and quoted texts; 16 hexadecimal digits, empty for no error. */
export function fingerprintOf(error: string): string {
  if (error === "") return "";
  const shape = maskedParts.reduce((text, [part, name]) => text.replaceAll(part, name), error.slice(0, 4_000));
  return new Bun.CryptoHasher("sha256").update(shape.replaceAll(/\s+/g, " ").trim()).digest("hex").slice(0, 16);
}
