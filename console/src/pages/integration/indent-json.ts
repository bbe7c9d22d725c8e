const open = "{[";
const close = "}]";

/**
 * Indents JSON by its signs alone, without reading it: a key that occurs twice, a number too large and a text that was cut stay as they
 * are. What does not begin as an object or a list comes back untouched.
 */
export function indentJson(text: string): string {
  const trimmed = text.trim();
  if (!open.includes(trimmed.charAt(0)) || trimmed === "") return text;
  const parts: string[] = [];
  let depth = 0;
  const newLine = () => parts.push("\n", "  ".repeat(Math.max(depth, 0)));
  // A string with its escapes, closed or cut; a sign of structure; a run of anything else but blanks.
  for (const [token] of trimmed.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    const before = parts.at(-1);
    if (open.includes(token)) {
      parts.push(token);
      depth += 1;
      newLine();
    } else if (close.includes(token)) {
      depth -= 1;
      const isEmpty = parts.length >= 3 && open.includes(parts.at(-3) ?? " ") && before?.trim() === "";
      if (isEmpty) parts.splice(-2);
      else newLine();
      parts.push(token);
    } else if (token === ",") {
      parts.push(token);
      newLine();
    } else parts.push(token === ":" ? ": " : token);
  }
  return parts.join("");
}
