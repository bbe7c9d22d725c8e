/** What a row shows of an error; the whole of it stands on the message's own page. */
export function firstLine(text: string): string {
  return text.trimStart().split(/\r?\n/, 1)[0] ?? "";
}
