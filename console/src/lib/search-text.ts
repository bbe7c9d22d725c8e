/** A text that somebody may have typed into the address bar; an empty one is none. */
export function searchText(value: unknown, lengthMax: number): string | undefined {
  // The router reads ?q=1024 as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.slice(0, lengthMax) : undefined;
}
