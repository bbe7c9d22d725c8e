// Typed reading of one mapping of a configuration file, for lists of sources, providers and the like. Problems are collected with their path in the
// caller's list instead of being thrown, so that one start names all of them.

import { readFileSync } from "node:fs";
import { type Parsed, parseBoolean, parseDuration, parseNumber, parseOneOf } from "./config.ts";

export type Section = {
  path: string;
  has(key: string): boolean;
  /** The value as the file has it. */
  raw(key: string): unknown;
  string(key: string, options?: { default?: string }): string;
  optionalString(key: string): string | undefined;
  /** The content of the file named by `<key>File`, or the value of `<key>`. */
  secret(key: string): string;
  number(key: string, options?: { default?: number; min?: number; max?: number }): number;
  integer(key: string, options?: { default?: number; min?: number; max?: number }): number;
  durationMs(key: string, options?: { default?: string | number }): number;
  boolean(key: string, options?: { default?: boolean }): boolean;
  oneOf<const T extends string>(key: string, values: readonly T[], options?: { default?: T }): T;
  strings(key: string, options?: { default?: readonly string[] }): string[];
  /** A nested mapping; an empty one when the key is missing. */
  section(key: string): Section;
  /** A list of mappings; an empty list when the key is missing. */
  sections(key: string): Section[];
  /** The mapping itself, for free-form content. */
  record(key: string): Record<string, unknown>;
  /** Adds a problem about this section. */
  problem(message: string): void;
  /** Reports every key which nobody asked for: mostly a typing mistake. Call last. */
  noOther(): void;
};

export function section(value: unknown, path: string, problems: string[]): Section {
  if (!isRecord(value)) problems.push(`${path === "" ? "the file" : path} is not a mapping`);
  const mapping = isRecord(value) ? value : {};
  const asked = new Set<string>();
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const get = (key: string): unknown => {
    asked.add(key);
    return mapping[key] ?? undefined;
  };
  const read = <T>(key: string, fallback: T | undefined, unusable: T, parse: (input: unknown) => Parsed<T>): T => {
    const input = get(key);
    if (input === undefined) {
      if (fallback === undefined) problems.push(`${at(key)} is missing`);
      return fallback ?? unusable;
    }
    const parsed = parse(input);
    if ("problem" in parsed) problems.push(`${at(key)} ${parsed.problem}`);
    return "value" in parsed ? parsed.value : unusable;
  };
  return {
    path,
    has: (key) => get(key) !== undefined,
    raw: get,
    string: (key, options) => read(key, options?.default, "", parseText),
    optionalString: (key) => (get(key) === undefined ? undefined : read(key, undefined, "", parseText)),
    secret: (key) => {
      const file = get(`${key}File`);
      if (file === undefined) return read(key, undefined, "", parseText);
      asked.add(key);
      return readSecretFile(String(file), at(`${key}File`), problems);
    },
    number: (key, options) => read(key, options?.default, 0, (input) => parseNumber(input, options ?? {})),
    integer: (key, options) =>
      read(key, options?.default, 0, (input) => parseNumber(input, { ...options, whole: true })),
    durationMs: (key, options) => {
      const fallback = options?.default === undefined ? undefined : parseDuration(options.default);
      return read(key, fallback !== undefined && "value" in fallback ? fallback.value : undefined, 0, parseDuration);
    },
    boolean: (key, options) => read(key, options?.default, false, parseBoolean),
    oneOf: (key, values, options) => {
      const first = values[0];
      if (first === undefined) throw new Error(`${at(key)} has no possible value`);
      return read(key, options?.default, first, (input) => parseOneOf(input, values));
    },
    strings: (key, options) => read(key, options?.default?.slice(), [], parseTexts),
    section: (key) => section(get(key) ?? {}, at(key), problems),
    sections: (key) => {
      const list = get(key) ?? [];
      if (!Array.isArray(list)) problems.push(`${at(key)} is not a list`);
      return (Array.isArray(list) ? list : []).map((item, index) => section(item, `${at(key)}[${index}]`, problems));
    },
    record: (key) =>
      read<Record<string, unknown>>(key, {}, {}, (input) =>
        isRecord(input) ? { value: input } : { problem: "is not a mapping" },
      ),
    problem: (message) => void problems.push(path === "" ? message : `${path}: ${message}`),
    noOther() {
      for (const key of Object.keys(mapping)) if (!asked.has(key)) problems.push(`${at(key)} is not a known setting`);
    },
  };
}

function parseText(input: unknown): Parsed<string> {
  if (typeof input === "string" && input !== "") return { value: input };
  if (typeof input === "number") return { value: String(input) };
  return { problem: "is not a text" };
}

function parseTexts(input: unknown): Parsed<string[]> {
  if (!Array.isArray(input)) return { problem: "is not a list" };
  const texts = input.filter((item): item is string => typeof item === "string");
  return texts.length === input.length ? { value: texts } : { problem: "is not a list of texts" };
}

function readSecretFile(path: string, where: string, problems: string[]): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    problems.push(
      `${where} names a file which cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return "";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
