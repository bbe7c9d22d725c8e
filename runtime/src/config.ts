// Reads settings once, typed, and reports every problem together. Secrets may come from a file (NAME_FILE) and are never put into a message.
// Nothing below a service's config.ts looks at the environment.

import { readFileSync } from "node:fs";

export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration cannot be used:\n  ${problems.join("\n  ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

export type Env = Readonly<Record<string, string | undefined>>;

export type ConfigReader = {
  string(name: string, options?: { default?: string }): string;
  optional(name: string): string | undefined;
  /** The value of NAME, or the content of the file named by NAME_FILE without its last newline. */
  secret(name: string, options?: { default?: string }): string;
  integer(name: string, options?: { default?: number; min?: number; max?: number }): number;
  /** "500ms", "30s", "15m", "6h", "7d" or a bare number of milliseconds. */
  durationMs(name: string, options?: { default?: string | number; minMs?: number; maxMs?: number }): number;
  boolean(name: string, options?: { default?: boolean }): boolean;
  url(name: string, options?: { default?: string; schemes?: readonly string[] }): string;
  /** Separated by commas. */
  list(name: string, options?: { default?: readonly string[] }): string[];
  oneOf<const T extends string>(name: string, values: readonly T[], options?: { default?: T }): T;
  /** Adds a problem found by the caller's own rule. */
  problem(message: string): void;
  /** Throws one ConfigError which names all problems, if there are any. */
  done(): void;
};

export function configReader(env: Env): ConfigReader {
  const problems: string[] = [];
  const given = (name: string): string | undefined => {
    const value = env[name];
    return value === undefined || value === "" ? undefined : value;
  };
  // A reader which has to answer after a problem answers `unusable`; done() throws before anybody uses it.
  const read = <T>(name: string, fallback: T | undefined, unusable: T, parse: (text: string) => Parsed<T>): T => {
    const text = given(name);
    if (text === undefined) {
      if (fallback === undefined) problems.push(`${name} is missing`);
      return fallback ?? unusable;
    }
    const parsed = parse(text);
    if ("problem" in parsed) problems.push(`${name} ${parsed.problem}`);
    return "value" in parsed ? parsed.value : unusable;
  };
  const secretText = (name: string): string | undefined => {
    const path = given(`${name}_FILE`);
    if (path === undefined) return given(name);
    try {
      return readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      problems.push(`${name}_FILE names a file which cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  };
  return {
    string: (name, options) => read(name, options?.default, "", (value) => ({ value })),
    optional: given,
    secret(name, options) {
      const count = problems.length;
      const text = secretText(name) ?? options?.default;
      if (text === undefined && problems.length === count) problems.push(`${name} or ${name}_FILE is missing`);
      return text ?? "";
    },
    integer: (name, options) =>
      read(name, options?.default, 0, (text) => parseNumber(text, { ...options, whole: true })),
    durationMs: (name, options) =>
      read(name, durationOf(options?.default), 0, (text) => parseDuration(text, options?.minMs, options?.maxMs)),
    boolean: (name, options) => read(name, options?.default, false, parseBoolean),
    url: (name, options) => read(name, options?.default, "", (text) => parseUrl(text, options?.schemes)),
    list: (name, options) => read(name, options?.default?.slice(), [], (text) => ({ value: parseList(text) })),
    oneOf: (name, values, options) => {
      const first = values[0];
      if (first === undefined) throw new Error(`${name} has no possible value`);
      return read(name, options?.default, first, (text) => parseOneOf(text, values));
    },
    problem: (message) => void problems.push(message),
    done() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}

/** The content of a YAML or JSON file. */
export async function readConfigFile(path: string): Promise<unknown> {
  try {
    return Bun.YAML.parse(await Bun.file(path).text());
  } catch (error) {
    throw new ConfigError([`${path} cannot be read as YAML or JSON: ${reasonOf(error)}`]);
  }
}

export type Parsed<T> = { value: T } | { problem: string };

export function parseNumber(
  input: unknown,
  { min, max, whole = false }: { min?: number; max?: number; whole?: boolean },
): Parsed<number> {
  const value = typeof input === "string" && input.trim() !== "" ? Number(input) : input;
  if (typeof value !== "number" || !Number.isFinite(value)) return { problem: "is not a number" };
  if (whole && !Number.isSafeInteger(value)) return { problem: "is not a whole number" };
  if (min !== undefined && value < min) return { problem: `is below ${min}` };
  if (max !== undefined && value > max) return { problem: `is above ${max}` };
  return { value };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function parseDuration(input: unknown, minMs = 0, maxMs = Number.MAX_SAFE_INTEGER): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(input).trim());
  const unit = unitMs[match?.[2] ?? "ms"];
  if (match === null || unit === undefined)
    return { problem: 'is not a duration such as "500ms", "30s", "15m", "6h" or "7d"' };
  const value = Math.round(Number(match[1]) * unit);
  if (value < minMs) return { problem: `is below ${minMs} ms` };
  if (value > maxMs) return { problem: `is above ${maxMs} ms` };
  return { value };
}

function durationOf(fallback: string | number | undefined): number | undefined {
  if (fallback === undefined) return undefined;
  const parsed = parseDuration(fallback);
  if ("problem" in parsed) throw new Error(`the default ${fallback} ${parsed.problem}`);
  return parsed.value;
}

export function parseBoolean(input: unknown): Parsed<boolean> {
  const text = String(input).toLowerCase();
  if (["true", "1", "yes", "on"].includes(text)) return { value: true };
  if (["false", "0", "no", "off"].includes(text)) return { value: false };
  return { problem: 'is neither "true" nor "false"' };
}

export function parseOneOf<T extends string>(input: unknown, values: readonly T[]): Parsed<T> {
  const value = values.find((candidate) => candidate === input);
  return value === undefined ? { problem: `is none of ${values.join(", ")}` } : { value };
}

function parseUrl(text: string, schemes: readonly string[] | undefined): Parsed<string> {
  // The text itself may hold a password and is never repeated.
  if (!URL.canParse(text)) return { problem: "is not a URL" };
  const scheme = new URL(text).protocol.slice(0, -1);
  if (schemes !== undefined && !schemes.includes(scheme))
    return { problem: `is not a URL of scheme ${schemes.join(" or ")}` };
  return { value: text };
}

function parseList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
