import type { Json } from "./json.ts";

/** `before` and `after` are undefined where the attribute is absent. */
export type JsonChange = { path: string; before: Json | undefined; after: Json | undefined };

/** What differs between two JSON values, down to the attribute, in the order of the path; elements of lists are compared by their place. */
export function jsonChanges(before: Json | undefined, after: Json | undefined, path = ""): JsonChange[] {
  const [left, right] = [childrenOf(before), childrenOf(after)];
  if (left === undefined || right === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return isEqual(before, after) ? [] : [{ path, before, after }];
  }
  const names = [...new Set([...left.keys(), ...right.keys()])].sort(byPlace);
  return names.flatMap((name) => jsonChanges(left.get(name), right.get(name), path === "" ? name : `${path}.${name}`));
}

function childrenOf(value: Json | undefined): Map<string, Json> | undefined {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

/** Places of a list by number, names by letter. */
function byPlace(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return a < b ? -1 : 1;
}
