import {
  readBoolean,
  readDate,
  readDecimal,
  readReference,
  readText,
  shapeOf,
  type Value,
} from "./attribute-values.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { Reason, Remark } from "./reading.ts";

/** How the values of one source are to be understood. */
export type ReadingRules = { identifiers: "guid" | "text"; timeZone: string };

export type AttributeReader<A extends string> = {
  text(attribute: A): string;
  reference(attribute: A): string | null;
  date(attribute: A): string | null;
  /** Within [min, max] if they are given. Absent is null. */
  number(attribute: A, range?: { min?: number; max?: number; whole?: boolean }): number | null;
  /** Decimal text with two digits after the point. */
  money(attribute: A): string | null;
  boolean(attribute: A): boolean;
  /** An unknown value is remarked and answered by `unknown`. */
  oneOf<T>(attribute: A, values: Readonly<Record<string, T>>, unknown: T): T;
  rows(attribute: A): JsonObject[];
};

export type Collected = { remarks: Remark[]; reasons: Reason[] };

/**
 * Reads the attributes of one record by our names, and collects what it met: a value that cannot be understood is a reason
 * against the record, a value that was corrected is a remark. Every attribute is read, so that all reasons are known at once.
 */
export function attributeReader<A extends string>(
  attributes: JsonObject,
  names: Readonly<Record<A, string>>,
  rules: ReadingRules,
  { remarks, reasons }: Collected,
  prefix = "",
): AttributeReader<A> {
  const rawOf = (attribute: A): Json | undefined => attributes[names[attribute]];
  const refuse = (attribute: A, rule: string, found: string, expected: string) =>
    reasons.push({
      rule,
      attribute: `${prefix}${attribute}`,
      text: `${names[attribute]}: found ${found}, expected ${expected}`,
    });
  const take = <T>(attribute: A, value: Value<T>, unusable: T, expected: string): T => {
    if (!("value" in value)) {
      refuse(attribute, value.rule, value.found, expected);
      return unusable;
    }
    if (value.repair !== undefined) {
      remarks.push({
        attribute: `${prefix}${attribute}`,
        rule: value.repair,
        rawValue: String(rawOf(attribute)),
        suggestedValue: String(value.value),
        applied: true,
      });
    }
    return value.value;
  };
  return {
    text: (attribute) => take(attribute, readText(rawOf(attribute)), "", "a text"),
    reference: (attribute) =>
      take(attribute, readReference(rawOf(attribute), rules.identifiers), null, "a reference or nothing"),
    date: (attribute) => take(attribute, readDate(rawOf(attribute), rules.timeZone), null, "a date that exists"),
    number(attribute, { min = -1e15, max = 1e15, whole = false } = {}) {
      const text = take(attribute, readDecimal(rawOf(attribute)), null, "a number");
      if (text === null) return null;
      const value = Number(text);
      if (whole && !Number.isInteger(value)) {
        refuse(attribute, "invalid_number", text, "a whole number");
        return null;
      }
      if (value >= min && value <= max) return value;
      refuse(attribute, "number_out_of_range", text, `a number from ${min} to ${max}`);
      return null;
    },
    money(attribute) {
      const text = take(attribute, readDecimal(rawOf(attribute)), null, "a sum of money");
      if (text === null) return null;
      const value = Number(text);
      if (Math.abs(value) < 1e13) return value.toFixed(2);
      refuse(attribute, "number_out_of_range", text, "a sum below 10,000,000,000,000");
      return null;
    },
    boolean: (attribute) => take(attribute, readBoolean(rawOf(attribute)), false, "true or false"),
    oneOf(attribute, values, unknown) {
      const text = take(attribute, readText(rawOf(attribute)), "", "a name of the enumeration");
      if (text === "") return unknown;
      const known = Object.hasOwn(values, text) ? values[text] : byLowerCase(values, text);
      if (known !== undefined) return known;
      remarks.push({
        attribute: `${prefix}${attribute}`,
        rule: "unknown_value",
        rawValue: text,
        suggestedValue: "",
        applied: false,
      });
      return unknown;
    },
    rows(attribute) {
      const value = rawOf(attribute);
      if (value === undefined || value === null || value === "") return [];
      if (Array.isArray(value) && value.length <= rowsMax) {
        const rows = value.filter(isJsonObject);
        if (rows.length === value.length) return rows;
      }
      refuse(
        attribute,
        "wrong_type",
        Array.isArray(value) ? `a list of ${value.length}` : shapeOf(value),
        `a list of at most ${rowsMax} rows`,
      );
      return [];
    },
  };
}

const rowsMax = 5_000;

function byLowerCase<T>(values: Readonly<Record<string, T>>, text: string): T | undefined {
  const wanted = text.toLowerCase();
  return Object.entries(values).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
