/** Indented for the eye; what is no JSON comes back as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Bodies that were cut, or never were JSON, are shown as they came.
    return text;
  }
}
