export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`configuration is not usable:\n  ${problems.join("\n  ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}
export type Env = Readonly<Record<string, string | undefined>>;
export type ConfigReader = {
  string(name: string, options?: { default?: string }): string;
  optional(name: string): string | undefined;
  secret(name: string, options?: { default?: string }): string;
  integer(name: string, options?: { default?: number; min?: number; max?: number }): number;
  durationMs(name: string, options?: { default?: string | number; minMs?: number; maxMs?: number }): number;
  boolean(name: string, options?: { default?: boolean }): boolean;
  url(name: string, options?: { default?: string; schemes?: readonly string[] }): string;
  list(name: string, options?: { default?: readonly string[] }): string[];
  oneOf<const T extends string>(name: string, values: readonly T[], options?: { default?: T }): T;
  problem(message: string): void;
  done(): void;
};
export function configReader(_env: Env): ConfigReader {
  throw new Error("not built yet");
}
export async function readConfigFile(_path: string): Promise<unknown> {
  throw new Error("not built yet");
}
/** Typed reading of one mapping of a configuration file, problems are collected in `problems` with their path. */
export type Section = {
  string(key: string, options?: { default?: string }): string;
  optionalString(key: string): string | undefined;
  secret(key: string): string;
  number(key: string, options?: { default?: number; min?: number; max?: number }): number;
  integer(key: string, options?: { default?: number; min?: number; max?: number }): number;
  durationMs(key: string, options?: { default?: string | number }): number;
  boolean(key: string, options?: { default?: boolean }): boolean;
  oneOf<const T extends string>(key: string, values: readonly T[], options?: { default?: T }): T;
  strings(key: string, options?: { default?: readonly string[] }): string[];
  section(key: string): Section;
  sections(key: string): Section[];
  record(key: string): Record<string, unknown>;
  has(key: string): boolean;
  raw(key: string): unknown;
  path: string;
  noOther(): void;
};
export function section(_value: unknown, _path: string, _problems: string[]): Section {
  throw new Error("not built yet");
}
