const mask = "***";
const secretName = /^(pass(word|wd)?|secret|token|access_?token|refresh_?token|authorization|cookie|api_?key|пароль)$/i;

const secretParts: readonly [RegExp, string][] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${mask}@`],
  [/\b(basic|bearer)\s+[\w+/=.~-]{8,}/gi, `$1 ${mask}`],
  [/\b(key|api[_-]?key|token|password|passwd|pwd|secret|ibsession)(["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1$2${mask}`],
  [/\bwhsec_[\w+/=-]+/g, `whsec_${mask}`],
];

/** The text without passwords, tokens and keys, as Postgres can keep it: without NUL and lone surrogates. */
export function maskedText(text: string): string {
  const clean = text.toWellFormed().replaceAll("\0", "�");
  return secretParts.reduce((masked, [part, replacement]) => masked.replaceAll(part, replacement), clean);
}

/** The value as JSON, in which members that are named like secrets have none. */
export function maskedJson(value: unknown): string {
  const text = JSON.stringify(value, (name, member) => {
    if (secretName.test(name) && typeof member === "string" && member !== "") return mask;
    return typeof member === "string" ? member.toWellFormed().replaceAll("\0", "�") : member;
  });
  return text ?? "null";
}
