/** In the address bar: whether only those are shown that found a difference or failed. */
export type ReconciliationsSearch = { troubled?: true };

export function readReconciliationsSearch({ troubled }: Record<string, unknown>): ReconciliationsSearch {
  return troubled === true || troubled === "true" ? { troubled: true } : {};
}
