import type { Json } from "@dozor/runtime/edge-json";

/** Why an item cannot be taken, in words for whoever sent it. */
export class ItemError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ItemError";
  }
}

/** Reads the members of one item; absent and null are the same. Each throws ItemError. */
export type ItemReader = {
  text(key: string): string;
  optionalText(key: string): string;
  number(key: string): number;
  optionalNumber(key: string): number | undefined;
  time(key: string): Date;
  optionalTime(key: string): Date | undefined;
  texts(key: string): string[];
  oneOf<const T extends string>(key: string, values: readonly T[]): T;
  optionalItem(key: string): ItemReader | undefined;
  raw(key: string): Json | undefined;
};

const textMax = 1_000;
const listMax = 100;

export function readItem(value: Json, path = ""): ItemReader {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ItemError(`${path === "" ? "the item" : path} is not an object`);
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const get = (key: string) => value[key] ?? undefined;
  const required = <T>(key: string, found: T | undefined): T => {
    if (found === undefined) throw new ItemError(`${at(key)} is missing`);
    return found;
  };
  const optionalText = (key: string): string | undefined => {
    const found = get(key);
    if (found === undefined) return undefined;
    if (typeof found !== "string") throw new ItemError(`${at(key)} is not a text`);
    if (found.length > textMax) throw new ItemError(`${at(key)} is longer than ${textMax} characters`);
    return found;
  };
  const optionalNumber = (key: string): number | undefined => {
    const found = get(key);
    if (found === undefined || typeof found === "number") return found;
    throw new ItemError(`${at(key)} is not a number`);
  };
  const optionalTime = (key: string): Date | undefined => {
    const text = optionalText(key);
    if (text === undefined) return undefined;
    const time = parseTime(text);
    if (time === undefined) throw new ItemError(`${at(key)} is not a time of RFC 3339: "${text.slice(0, 60)}"`);
    return time;
  };
  return {
    text: (key) => {
      const text = required(key, optionalText(key));
      if (text === "") throw new ItemError(`${at(key)} is empty`);
      return text;
    },
    optionalText: (key) => optionalText(key) ?? "",
    number: (key) => required(key, optionalNumber(key)),
    optionalNumber,
    time: (key) => required(key, optionalTime(key)),
    optionalTime,
    texts(key) {
      const found = get(key);
      if (found === undefined) return [];
      if (!Array.isArray(found) || found.length > listMax) throw new ItemError(`${at(key)} is not a short list`);
      return found.map((each) => {
        if (typeof each !== "string" || each.length > textMax) throw new ItemError(`${at(key)} is not a list of texts`);
        return each;
      });
    },
    oneOf(key, values) {
      const text = required(key, optionalText(key));
      const found = values.find((each) => each === text);
      if (found === undefined)
        throw new ItemError(`${at(key)} is "${text.slice(0, 60)}", none of ${values.join(", ")}`);
      return found;
    },
    optionalItem(key) {
      const found = get(key);
      return found === undefined ? undefined : readItem(found, at(key));
    },
    raw: get,
  };
}

const timePattern = /^\d{4}-\d\d-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** A time of RFC 3339, cut to milliseconds; undefined when it is none or names a day that does not exist. */
function parseTime(text: string): Date | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const time = new Date(text.includes("t") || text.includes("z") ? text.toUpperCase() : text);
  if (Number.isNaN(time.getTime())) return undefined;
  // Date takes 30 February for 2 March.
  return Number(match[1]) > 28 && !isDayOfMonth(text) ? undefined : time;
}

function isDayOfMonth(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  return (day ?? 0) <= new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
}
