// Page tokens. Opaque, so that what a page is ordered by may change; not signed, since a forged one shows nothing that the list itself would not.

import { invalidArgument } from "./errors.ts";

/** An opaque page token which carries the sort key of the last row of a page. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/** undefined for the empty token; InvalidArgument for one that was not made by encodeCursor with these kinds. */
export function decodeCursor<const K extends readonly ("string" | "number")[]>(
  token: string,
  kinds: K,
): { -readonly [I in keyof K]: K[I] extends "string" ? string : number } | undefined {
  if (token === "") return undefined;
  const values = parse(token);
  if (values?.length !== kinds.length || values.some((value, index) => typeof value !== kinds[index])) {
    throw invalidArgument("page_token was not given by this list");
  }
  // Length and type of every value were compared with `kinds` above.
  return values as { -readonly [I in keyof K]: K[I] extends "string" ? string : number };
}

function parse(token: string): unknown[] | undefined {
  try {
    const values: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(values) ? values : undefined;
  } catch {
    return undefined;
  }
}
