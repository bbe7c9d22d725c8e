import type { Queryable } from "@dozor/runtime/database";

type JsonParameter = Parameters<Queryable["json"]>[0];

/**
 * Rows as one jsonb parameter for jsonb_to_recordset: one statement for a batch, far from the limit of 65,535 parameters, with the
 * column types written where they are used. Bytes travel as hexadecimal text.
 */
export function jsonRows(sql: Queryable, rows: readonly Record<string, unknown>[]) {
  // postgres.js types JSON without undefined, which JSON.stringify leaves out as intended.
  return sql.json(rows as unknown as JsonParameter);
}

/** A value for a jsonb column. */
export function jsonValue(sql: Queryable, value: unknown) {
  return sql.json(value as JsonParameter);
}
