/** The page size to use where 0 means that the caller does not mind. */
export function pageSizeOf(asked: number, fallback = 50): number {
  return asked === 0 ? fallback : asked;
}
