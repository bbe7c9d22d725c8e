/** An opaque page token which carries the sort key of the last row of a page. */
export function encodeCursor(_values: readonly (string | number)[]): string {
  throw new Error("not built yet");
}
/** undefined for the empty token; InvalidArgument for one that was not made by encodeCursor with these kinds. */
export function decodeCursor<const K extends readonly ("string" | "number")[]>(
  _token: string,
  _kinds: K,
): { -readonly [I in keyof K]: K[I] extends "string" ? string : number } | undefined {
  throw new Error("not built yet");
}
