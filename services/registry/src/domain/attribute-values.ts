import type { Json } from "./json.ts";

/** What one value turned out to be: a value, or the rule it broke with a sentence of what was found. */
export type Value<T> = { value: T; repair?: string } | { rule: string; found: string };

const zeroGuid = "00000000-0000-0000-0000-000000000000";
const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const textLengthMax = 10_000;

/** Text as typed by people: trimmed, without characters that nobody sees. Absent is "". */
export function readText(input: Json | undefined): Value<string> {
  if (input === undefined || input === null) return { value: "" };
  if (typeof input === "number" || typeof input === "boolean") return { value: String(input) };
  if (typeof input !== "string") return { rule: "wrong_type", found: shapeOf(input) };
  if (input.length > textLengthMax) return { rule: "too_long", found: `${input.length} characters` };
  if (hasControlCharacter(input)) return { rule: "control_character", found: JSON.stringify(input.slice(0, 100)) };
  if (!input.isWellFormed()) return { rule: "lone_surrogate", found: JSON.stringify(input.slice(0, 100)) };
  // Zero-width and direction marks make two equal-looking texts differ.
  const visible = input.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/g, "");
  const value = visible.trim();
  return visible === input ? { value } : { value, repair: "invisible_character" };
}

/** A reference or an own id; absent, empty and the zero GUID are null. */
export function readReference(input: Json | undefined, identifiers: "guid" | "text"): Value<string | null> {
  const text = readText(input);
  if (!("value" in text)) return text;
  if (text.value === "") return { value: null };
  if (identifiers === "text") {
    if (text.value.length > 200) return { rule: "too_long", found: `${text.value.length} characters` };
    return { value: text.value };
  }
  const guid = text.value.toLowerCase();
  if (guid === zeroGuid) return { value: null };
  if (!guidPattern.test(guid)) return { rule: "invalid_reference", found: JSON.stringify(text.value.slice(0, 100)) };
  return { value: guid };
}

const datePattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A business date, YYYY-MM-DD; absent and 0001-01-01 are null. Times in the source have no zone and are local to it, so the
 * date is what is written; a time with an offset is carried over to the source's zone first.
 */
export function readDate(input: Json | undefined, timeZone: string): Value<string | null> {
  if (input === undefined || input === null || input === "") return { value: null };
  if (typeof input !== "string") return { rule: "wrong_type", found: shapeOf(input) };
  const text = input.trim();
  const match = datePattern.exec(text);
  const bad: Value<never> = { rule: "invalid_date", found: JSON.stringify(text.slice(0, 100)) };
  if (match === null) return text === "" ? { value: null } : bad;
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", offset] = match;
  // The round trip shows dates that do not exist, which Date silently moves on.
  const written = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(written.getTime()) || !written.toISOString().startsWith(`${year}-${month}-${day}`)) return bad;
  if (year === "0001") return { value: null };
  if (Number(year) < 1900 || Number(year) > 3999) return { rule: "date_out_of_range", found: JSON.stringify(text) };
  if (offset === undefined) return { value: `${year}-${month}-${day}` };
  const normalOffset = offset === "Z" || offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${normalOffset}`);
  return Number.isNaN(instant.getTime()) ? bad : { value: dateIn(timeZone, instant) };
}

/** The decimal number as text without separators of thousands; absent is null. */
export function readDecimal(input: Json | undefined): Value<string | null> {
  if (input === undefined || input === null) return { value: null };
  if (typeof input === "number") {
    if (!Number.isFinite(input) || Math.abs(input) >= 1e15)
      return { rule: "number_out_of_range", found: String(input) };
    const text = String(input);
    return { value: text.includes("e") ? input.toFixed(6) : text };
  }
  if (typeof input !== "string") return { rule: "wrong_type", found: shapeOf(input) };
  const text = input.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (text === "") return { value: null };
  if (!/^[+-]?\d+(\.\d*)?$/.test(text)) return { rule: "invalid_number", found: JSON.stringify(input.slice(0, 100)) };
  if (text.replace(/\..*$/, "").length > 16)
    return { rule: "number_out_of_range", found: JSON.stringify(input.slice(0, 100)) };
  return { value: text };
}

const yes = new Set(["true", "1", "да", "истина", "yes"]);
const no = new Set(["false", "0", "нет", "ложь", "no", ""]);

/** Absent is false. */
export function readBoolean(input: Json | undefined): Value<boolean> {
  if (input === undefined || input === null) return { value: false };
  if (typeof input === "boolean") return { value: input };
  if (typeof input !== "string" && typeof input !== "number") return { rule: "wrong_type", found: shapeOf(input) };
  const text = String(input).trim().toLowerCase();
  if (yes.has(text)) return { value: true };
  if (no.has(text)) return { value: false };
  return { rule: "invalid_boolean", found: JSON.stringify(String(input).slice(0, 100)) };
}

/** Tab, line feed and carriage return are what people type into addresses. */
function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
    if (code === 127) return true;
  }
  return false;
}

export function shapeOf(input: Json | undefined): string {
  if (Array.isArray(input)) return "a list";
  if (input === null || input === undefined) return "nothing";
  return typeof input === "object" ? "an object" : `the ${typeof input} ${String(input).slice(0, 100)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateIn(timeZone: string, instant: Date): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  formats.set(timeZone, format);
  return format.format(instant);
}
