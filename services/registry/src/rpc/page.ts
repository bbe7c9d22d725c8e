import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import { invalidArgument } from "@dozor/runtime/errors";

const sizeDefault = 50;
const beforeAll = "00000000-0000-0000-0000-000000000000";
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A page of a list in id order: `read` is asked for one row more, which tells whether there is a next page. */
export async function pageById<R extends { id: string }>(
  { pageSize, pageToken }: { pageSize: number; pageToken: string },
  read: (page: { afterId: string; size: number }) => Promise<R[]>,
): Promise<{ rows: R[]; nextPageToken: string }> {
  const size = pageSize === 0 ? sizeDefault : pageSize;
  const [afterId] = decodeCursor(pageToken, ["string"]) ?? [beforeAll];
  return cut(await read({ afterId: requireUuid("page_token", afterId), size: size + 1 }), size, (row) => [row.id]);
}

/** A page of a list from the newest on; `place` is the exact time of a row as text, since a Date drops microseconds. */
export async function pageByTime<R extends { id: string; place: string }>(
  { pageSize, pageToken }: { pageSize: number; pageToken: string },
  read: (page: { before: { at: string; id: string } | undefined; size: number }) => Promise<R[]>,
): Promise<{ rows: R[]; nextPageToken: string }> {
  const size = pageSize === 0 ? sizeDefault : pageSize;
  const cursor = decodeCursor(pageToken, ["string", "string"]);
  const before =
    cursor === undefined ? undefined : { at: requireTime(cursor[0]), id: requireUuid("page_token", cursor[1]) };
  return cut(await read({ before, size: size + 1 }), size, (row) => [row.place, row.id]);
}

function cut<R>(found: R[], size: number, keyOf: (row: R) => string[]): { rows: R[]; nextPageToken: string } {
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  return { rows, nextPageToken: found.length > size && last !== undefined ? encodeCursor(keyOf(last)) : "" };
}

/** Ids of filters are free text in the contract, where empty means any. */
export function requireUuid(field: string, value: string): string {
  if (!uuid.test(value)) throw invalidArgument(`${field} must be a UUID, not ${value.slice(0, 64)}`);
  return value;
}

export function uuidOrEmpty(field: string, value: string): string {
  return value === "" ? "" : requireUuid(field, value);
}

function requireTime(value: string): string {
  if (Number.isNaN(Date.parse(value))) throw invalidArgument("page_token was not given by this list");
  return value;
}
