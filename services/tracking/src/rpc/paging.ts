import { encodeCursor } from "@dozor/runtime/cursor";

const pageSizeDefault = 100;

/** What 0 stands for. */
export function pageSizeOf(asked: number): number {
  return asked === 0 ? pageSizeDefault : asked;
}

/** The page out of rows of which one more was read than fits, and the token of the next one. */
export function pageOf<T>(
  rows: readonly T[],
  pageSize: number,
  keyOf: (last: T) => readonly (string | number)[],
): { page: readonly T[]; nextPageToken: string } {
  const page = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? page.at(-1) : undefined;
  return { page, nextPageToken: last === undefined ? "" : encodeCursor(keyOf(last)) };
}
