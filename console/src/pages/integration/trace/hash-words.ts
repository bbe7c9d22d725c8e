/** The beginning of a content hash: enough to see that two differ. */
export function hashWords(hash: Uint8Array): string {
  return [...hash.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
