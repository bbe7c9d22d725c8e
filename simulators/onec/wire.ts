import { ZERO_GUID } from "../world/guid.ts";

/** A value as 1C holds it; the writers of Atom and JSON give it the form of the format. */
export type WireValue = string | boolean | number | null | { rowType: string; rows: Record<string, WireValue>[] };

/** One object of the base on its way out. */
export interface WireRecord {
  /** `Catalog_Контрагенты` */
  set: string;
  id: string;
  /** DataVersion, base64 of eight bytes. */
  version: string;
  deleted: boolean;
  /** Taken away altogether: only the key is told. */
  removed: boolean;
  attributes: Record<string, WireValue>;
  /** Deliberately broken: the inside of the JSON object and of m:properties as they are. */
  raw?: { json: string; atom: string };
}

export const EMPTY_DATE = "0001-01-01T00:00:00";

/** A date of the base: local, at midnight, never null. */
export function wireDate(date: string | null): string {
  return date === null ? EMPTY_DATE : `${date}T00:00:00`;
}

/** A reference of the base, never null. */
export function wireReference(id: string | null): string {
  return id ?? ZERO_GUID;
}

/** The opaque version that 1C shows for the n-th write: `AAAAAAAAAAI=` for 2. */
export function dataVersion(write: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(write));
  return bytes.toString("base64");
}
